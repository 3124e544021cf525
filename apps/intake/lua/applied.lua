-- A word is in the database, or given up (ARGV 5 is '1'). ARGV: key, revision, tally, body, given up.
-- Returns whether the counters moved, and whether the gate wants a recount and is calm enough for it.
local key, revision, tally, body = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local gate = gate_fields()
if not gate.token or gate.bare then return {'0', '0'} end
local old = read(redis.call('HGET', KEYS[2], key))
local moved = '0'
if ARGV[5] == '1' then
    redis.call('HSET', KEYS[1], 'dirty', '1', 'aside', '1')
    if old and old.revision == revision and old.done == '0' then stand(key, old, revision, '1', old.tally, old.body) end
elseif old and old.revision == revision then
    if old.done == '0' then stand(key, old, revision, '1', old.tally, old.body) end
elseif not old and gate.restored then
    -- Was it counted when the gate was rebuilt, or written after that? Only a recount can tell.
    redis.call('HSET', KEYS[1], 'dirty', '1')
elseif not old or old.revision < revision then
    -- It reached the queue, and whoever sent it died before saying so here.
    stand(key, old, revision, '1', tally, body)
    moved = '1'
end
keep_or_let_go()
local found = redis.call('HMGET', KEYS[1], 'pending', 'dirty')
return {moved, (found[2] == '1' and tonumber(found[1] or '0') == 0) and '1' or '0'}
