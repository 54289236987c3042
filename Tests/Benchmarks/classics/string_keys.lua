-- Short strings as keys: how often each run of letters occurs in a long text.
local letters, seed, text = { "a", "c", "g", "t" }, 42, {}
for i = 1, 400000 do
    seed = (seed * 3877 + 29573) % 139968
    text[i] = letters[seed * 4 // 139968 + 1]
end
text = table.concat(text)

for length = 2, 10, 2 do
    local times, kinds, most = {}, 0, 0
    for i = 1, #text - length + 1 do
        local run = text:sub(i, i + length - 1)
        times[run] = (times[run] or 0) + 1
    end
    for _, count in pairs(times) do
        kinds, most = kinds + 1, math.max(most, count)
    end
    print(length, kinds, most)
end
