-- A word has certainly not reached the queue. ARGV: key, who sent it; unless somebody else has taken it up since.
local held = redis.call('HGET', KEYS[4], ARGV[1])
if held and string.match(held, '^%d+ ([^ ]+) ') == ARGV[2] then redis.call('HDEL', KEYS[4], ARGV[1]) end
return {'ok'}
