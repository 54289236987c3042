-- Making, joining, searching and replacing strings.
local total = 0
for round = 1, 14 do
    local lines = {}
    for i = 1, 20000 do
        lines[i] = ("%05d %-12s %8.3f"):format(i, "item-" .. i % 97, i / 7)
    end
    local text = table.concat(lines, "\n")
    local changed, times = text:gsub("item%-(%d+)", "machine-%1")
    local upper = changed:gsub("%a+", string.upper)
    for number in upper:gmatch("%d+%.%d+") do
        total = total + tonumber(number)
    end
    local joined = ""
    for i = 1, 2000 do
        joined = joined .. i .. ","
    end
    total = total + times + #joined + #upper:rep(2) + round
end
print(("%.3f"):format(total))
