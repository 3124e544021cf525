-- One word of one person. ARGV: key, revision, tally, body, what the database says stands ('' not asked, '-' nothing),
-- 'stream' or 'hold', kind, name of the gate, the stream's bound.
local key, revision, tally, body, prior = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
local gate = gate_fields()
if not gate.token then return {'ask', ''} end
if not is_open(gate) then return {'ask', gate.token} end

local record = redis.call('HGET', KEYS[2], key)
if not record and gate.unseen then
    if prior == '' then return {'who'} end
    if prior ~= '-' then record = prior end
end
local old = read(record)
if old then
    if gate.once then
        if old.body == body then return {'stands', whole(old.revision), old.body} end
        return {'settled'}
    end
    if revision <= old.revision then return {'stands', whole(old.revision), old.body} end
end

local stamp = whole(now())
if ARGV[6] == 'hold' then
    -- On its way to the queue, one content at a time: who comes with another one brings the first one home before.
    local content = whole(revision) .. ' ' .. tally .. ' ' .. body
    local held = redis.call('HGET', KEYS[4], key)
    if held then
        local held_stamp, held_content = string.match(held, '^(%d+) [^ ]+ (.*)$')
        local held_revision, held_tally, held_body = string.match(held_content, '^(%d+) ([^ ]*) (.*)$')
        if not old or tonumber(held_revision) > old.revision then
            redis.call('HSET', KEYS[4], key, held_stamp .. ' ' .. ARGV[9] .. ' ' .. held_content)
            if held_content == content then return {'send', held_stamp} end
            return {'help', held_stamp, held_revision, held_tally, held_body}
        end
    end
    redis.call('HSET', KEYS[4], key, stamp .. ' ' .. ARGV[9] .. ' ' .. content)
    return {'send', stamp}
end

if redis.call('XLEN', KEYS[5]) >= tonumber(ARGV[9]) then return {'full'} end
redis.call('XADD', KEYS[5], '*', 'kind', ARGV[7], 'gate', ARGV[8], 'key', key, 'revision', whole(revision),
    'body', body, 'at', stamp)
redis.call('HINCRBY', KEYS[1], 'taken', 1)
stand(key, old, revision, '0', tally, body)
return {'ok'}
