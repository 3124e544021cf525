-- The counters as the database has them, if nothing moved while they were counted; else later. ARGV: taken before, keys, tally.
local found = redis.call('HMGET', KEYS[1], 'token', 'taken', 'pending')
if not found[1] then return {'unknown'} end
if found[2] ~= ARGV[1] or tonumber(found[3] or '0') > 0 then
    redis.call('HSET', KEYS[1], 'dirty', '1')
    return {'moved'}
end
redis.call('DEL', KEYS[2], KEYS[3])
count(ARGV[3], 1)
write_down()
redis.call('HSET', KEYS[3], '#', ARGV[2])
redis.call('HSET', KEYS[1], 'restored', '1', 'dirty', '0')
redis.call('HINCRBY', KEYS[1], 'recounts', 1)
keep_or_let_go()
return {'ok'}
