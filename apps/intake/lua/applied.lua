-- Words behind one gate are in the database, or given up ('1'). ARGV of each: key, revision, tally, body, given up. Body
-- and tally may be left empty; they are needed for words of which the gate has not heard.
-- Returns whether the counters moved, whether the gate wants a recount and is calm enough for it, and the numbers of the
-- words that must be told once more, with their content.
local gate = gate_fields()
if not gate.token or gate.bare then return {'0', '0'} end
local moved, unheard_of = '0', {}
local keys = {}
for place = 1, #ARGV, 5 do keys[#keys + 1] = ARGV[place] end
look_up(keys)
for place = 1, #ARGV, 5 do
    local key, revision = ARGV[place], tonumber(ARGV[place + 1])
    local old = read(known[key])
    if ARGV[place + 4] == '1' then
        redis.call('HSET', KEYS[1], 'dirty', '1', 'aside', '1')
        if old and old.revision == revision and old.done == '0' then written(key, old) end
    elseif old and old.revision == revision then
        if old.done == '0' then written(key, old) end
    elseif not old and gate.restored then
        -- Was it counted when the gate was rebuilt, or written after that? Only a recount can tell, and one that is
        -- under way has perhaps not seen it.
        redis.call('HSET', KEYS[1], 'dirty', '1')
        taken = taken + 1
    elseif not old or old.revision < revision then
        -- It reached the queue, and whoever sent it died before saying so here.
        if ARGV[place + 3] == '' then
            unheard_of[#unheard_of + 1] = whole((place + 4) / 5)
        else
            stand(key, old, revision, '1', ARGV[place + 2], ARGV[place + 3])
            moved, taken = '1', taken + 1
        end
    end
end
write_down()
keep_or_let_go()
local found = redis.call('HMGET', KEYS[1], 'pending', 'dirty')
return {moved, (found[2] == '1' and tonumber(found[1] or '0') == 0) and '1' or '0', unpack(unheard_of)}
