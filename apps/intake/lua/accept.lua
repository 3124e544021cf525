-- Words of people behind one gate, in their order; an answer to each. ARGV: 'stream' or 'hold', kind, name of the gate,
-- the stream's bound or who sends, the mark under which the keys were made ('' for any); then of each word: key, revision,
-- tally, body, what the database says stands ('' not asked, '-' nothing). All of a call have one stamp, by which the gate
-- is open.
local gate, moment = gate_fields(), now()
local stamp = whole(moment)
local waiting = ARGV[1] == 'stream' and redis.call('XLEN', KEYS[5]) or 0

local function hold(key, revision, tally, body, old)
    -- On its way to the queue, one content at a time: who comes with another one brings the first one home before.
    local content = whole(revision) .. ' ' .. tally .. ' ' .. body
    local held = redis.call('HGET', KEYS[4], key)
    if held then
        local held_stamp, held_content = string.match(held, '^(%d+) [^ ]+ (.*)$')
        local held_revision, held_tally, held_body = string.match(held_content, '^(%d+) ([^ ]*) (.*)$')
        if not old or tonumber(held_revision) > old.revision then
            redis.call('HSET', KEYS[4], key, held_stamp .. ' ' .. ARGV[4] .. ' ' .. held_content)
            if held_content == content then return {'send', held_stamp} end
            return {'help', held_stamp, held_revision, held_tally, held_body}
        end
    end
    redis.call('HSET', KEYS[4], key, stamp .. ' ' .. ARGV[4] .. ' ' .. content)
    return {'send', stamp}
end

local function take(key, revision, tally, body, prior)
    local record = known[key]
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
    if ARGV[1] == 'hold' then return hold(key, revision, tally, body, old) end
    if waiting >= tonumber(ARGV[4]) then return {'full'} end
    redis.call('XADD', KEYS[5], '*', 'kind', ARGV[2], 'gate', ARGV[3], 'key', key, 'revision', whole(revision),
        'body', body, 'at', stamp)
    waiting, taken = waiting + 1, taken + 1
    stand(key, old, revision, '0', tally, body)
    return {'ok'}
end

local shut = nil
if not gate.token then
    shut = {'ask', ''}
elseif how_it_stands(gate, moment) ~= 'open' then
    shut = {'ask', gate.token}
elseif ARGV[5] ~= '' and gate.mark ~= ARGV[5] then
    -- It was closed and opened again since. (Who opened it may have known nothing of marks yet.)
    shut = gate.mark and {'past'} or {'ask', gate.token}
end
local keys, answers = {}, {}
for place = 6, #ARGV, 5 do keys[#keys + 1] = ARGV[place] end
if not shut then look_up(keys) end
for number = 1, #keys do
    local place = 5 * number + 1
    answers[number] = shut or take(ARGV[place], tonumber(ARGV[place + 1]), ARGV[place + 2], ARGV[place + 3], ARGV[place + 4])
end
write_down()
return answers
