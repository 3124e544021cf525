-- What the scripts share. KEYS: 1 the gate, 2 what stands by key, 3 counters, 4 words on their way to a queue, 5 the stream.
-- A gate's fields: kind, open, since, until, once, token (changes with every change of the gate), pending (keys whose standing
-- word is not in the database yet), taken (words that have come so far, from people or by way of the queue), restored (the database holds keys that we have not
-- seen), bare (made by a close: its counters are unknown), dirty (its counters may be wrong and want a recount), aside
-- (words behind it were set aside: accepted, and not in the database), recounts (how many there were), mark (what keys must be made under to be taken).
-- A record is: revision, done ('0' not in the database yet, '1' in it, '2' set aside and in no counter), tally, body.
-- A call brings many words: what they change is gathered, and written once by `write_down`, which must be called last.

local function now()
    local time = redis.call('TIME')
    return time[1] * 1000000 + time[2]
end

local function whole(number)
    return string.format('%.0f', number)
end

local function read(record)
    if not record then return nil end
    local revision, done, tally, body = string.match(record, '^(%d+) ([012]) ([^ ]*) (.*)$')
    return {revision = tonumber(revision), done = done, tally = tally, body = body}
end

local known, changed, counted, pending, taken = {}, {}, {}, 0, 0

-- Of all keys that the call has words of, in one question.
local function look_up(keys)
    if #keys == 0 then return end
    local found = redis.call('HMGET', KEYS[2], unpack(keys))
    for place, key in ipairs(keys) do known[key] = found[place] end
end

local function count(tally, sign)
    for name, number in string.gmatch(tally, '([^=,]+)=(%-?%d+)') do
        counted[name] = (counted[name] or 0) + sign * tonumber(number)
    end
end

-- The new word takes the old one's place: in the counters at once, and in what the database still has to be told.
local function stand(key, old, revision, done, tally, body)
    if old and old.done ~= '2' then count(old.tally, -1) else counted['#'] = (counted['#'] or 0) + 1 end
    count(tally, 1)
    if old and old.done == '0' then pending = pending - 1 end
    if done == '0' then pending = pending + 1 end
    local record = whole(revision) .. ' ' .. done .. ' ' .. tally .. ' ' .. body
    known[key], changed[key] = record, record
end

-- The word that stands is in the database now (or given up): the counters have it already.
local function written(key, old)
    if old.done == '0' then pending = pending - 1 end
    local record = whole(old.revision) .. ' 1 ' .. old.tally .. ' ' .. old.body
    known[key], changed[key] = record, record
end

local function write_down()
    for name, number in pairs(counted) do
        if number ~= 0 or name == '#' then
            local left = redis.call('HINCRBY', KEYS[3], name, whole(number))
            -- What nobody says any more goes: a word that was taken back would stay in every reading for ever.
            if left == 0 and name ~= '#' then redis.call('HDEL', KEYS[3], name) end
        end
    end
    if pending ~= 0 then redis.call('HINCRBY', KEYS[1], 'pending', whole(pending)) end
    if taken ~= 0 then redis.call('HINCRBY', KEYS[1], 'taken', whole(taken)) end
    local records = {}
    for key, record in pairs(changed) do
        records[#records + 1] = key
        records[#records + 1] = record
    end
    if #records > 0 then redis.call('HSET', KEYS[2], unpack(records)) end
    changed, counted, pending, taken = {}, {}, 0, 0
end

-- A closed gate whose words are all in the database is kept for a while, then the database alone knows of it.
local KEPT_SECONDS = 3600
local function keep_or_let_go()
    local gate = redis.call('HMGET', KEYS[1], 'open', 'pending')
    local lasts = gate[1] == '1' or tonumber(gate[2] or '0') > 0
    for place = 1, 4 do
        if lasts then redis.call('PERSIST', KEYS[place]) else redis.call('EXPIRE', KEYS[place], KEPT_SECONDS) end
    end
end

-- open, early (its time has not come yet) or closed.
local function how_it_stands(gate, moment)
    if gate.open ~= '1' or (gate['until'] and moment >= tonumber(gate['until'])) then return 'closed' end
    if gate.since and moment < tonumber(gate.since) then return 'early' end
    return 'open'
end

local function gate_fields()
    local found = redis.call('HMGET', KEYS[1], 'open', 'until', 'once', 'token', 'restored', 'bare', 'aside', 'mark',
        'since')
    return {
        open = found[1], ['until'] = (found[2] and found[2] ~= '') and found[2], once = found[3] == '1',
        token = found[4], restored = found[5] == '1', bare = found[6] == '1',
        -- Keys that we have not seen may stand in the database, or among what was set aside.
        unseen = found[5] == '1' or found[7] == '1',
        mark = found[8], since = (found[9] and found[9] ~= '') and found[9],
    }
end
