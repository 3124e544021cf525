-- From this moment nothing is accepted. ARGV: kind. Returns the moment; everything accepted has an earlier stamp.
local token = redis.call('HGET', KEYS[1], 'token')
if not token then redis.call('HSET', KEYS[1], 'bare', '1') end
local moment = math.max(now(), tonumber(token or '0')) + 1
redis.call('HSET', KEYS[1], 'kind', ARGV[1], 'open', '0', 'token', whole(moment))
keep_or_let_go()
return {whole(moment)}
