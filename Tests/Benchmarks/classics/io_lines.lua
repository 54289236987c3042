-- A file that is written and read, line by line and with io.read's formats.
local name = os.tmpname()
local file <close> = assert(io.open(name, "w+"))
for i = 1, 700000 do
    file:write(i, " some text of a usual length, ", i * 7, "\n")
end
file:flush()
local bytes, count, sum = 0, 0, 0
for _ = 1, 4 do
    for line in io.lines(name) do
        bytes, count = bytes + #line, count + 1
    end
end
file:seek("set")
for line in file:lines("L") do
    sum = sum + #line
end
os.remove(name)
print(bytes, count, sum)
