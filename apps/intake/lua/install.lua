-- A gate as the database has it. ARGV: the token it had when the database was asked (another change since wins), kind,
-- open, since, until, once, mark, and what the database holds: counted ('1' or '0'), number of keys, tally, anything set aside.
local gate = gate_fields()
if (gate.token or '') ~= ARGV[1] then return {'moved'} end
local same = gate.token and gate.open == ARGV[3] and (gate.since or '') == ARGV[4] and (gate['until'] or '') == ARGV[5]
    and gate.once == (ARGV[6] == '1') and gate.mark == ARGV[7]
-- Nothing changes: whoever else asks just now is not told that it moved, and so need not ask again and again.
if same then return {how_it_stands(gate, now())} end
local fresh = not gate.token or gate.bare
if fresh and ARGV[3] == '1' then
    if ARGV[8] ~= '1' then return {'count'} end
    redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
    count(ARGV[10], 1)
    write_down()
    redis.call('HSET', KEYS[3], '#', ARGV[9])
    redis.call('HSET', KEYS[1], 'pending', 0, 'taken', 0, 'restored', tonumber(ARGV[9]) > 0 and '1' or '0',
        'aside', ARGV[11])
elseif fresh then
    redis.call('HSET', KEYS[1], 'bare', '1')
end
local token = math.max(now(), tonumber(gate.token or '0') + 1)
redis.call('HSET', KEYS[1], 'kind', ARGV[2], 'open', ARGV[3], 'since', ARGV[4], 'until', ARGV[5],
    'once', ARGV[6], 'mark', ARGV[7], 'token', whole(token))
keep_or_let_go()
return {how_it_stands(gate_fields(), now())}
