-- A word has reached the queue: now it stands. ARGV: key, revision, tally, body, what the database says stands.
local key, revision, tally, body, prior = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
local gate = gate_fields()
if not gate.token then return {'ok'} end
local record = redis.call('HGET', KEYS[2], key)
if not record and gate.unseen and prior ~= '' and prior ~= '-' then record = prior end
local old = read(record)
local held = redis.call('HGET', KEYS[4], key)
if held and tonumber(string.match(held, '^%d+ [^ ]+ (%d+) ')) <= revision then redis.call('HDEL', KEYS[4], key) end
if old and old.revision >= revision then return {'stands', whole(old.revision), old.body} end
if old and gate.once then
    if old.body == body then return {'stands', whole(old.revision), old.body} end
    return {'settled'}
end
taken = 1
stand(key, old, revision, '0', tally, body)
write_down()
keep_or_let_go()
return {'ok'}
