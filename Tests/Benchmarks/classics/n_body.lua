-- Floating-point fields of a few tables: planets that attract one another.
local bodies = {
    { x = 0.0, y = 0.0, z = 0.0, vx = 0.0, vy = 0.0, vz = 0.0, mass = 39.5 },
    { x = 4.84, y = -1.16, z = -0.10, vx = 0.61, vy = 2.81, vz = -0.02, mass = 0.038 },
    { x = 8.34, y = 4.12, z = -0.40, vx = -1.01, vy = 1.82, vz = 0.008, mass = 0.011 },
    { x = 12.89, y = -15.11, z = -0.22, vx = 1.08, vy = 0.87, vz = -0.01, mass = 0.0017 },
    { x = 15.38, y = -25.92, z = 0.18, vx = 0.98, vy = 0.59, vz = -0.03, mass = 0.002 },
}

local function advance(step)
    for i, a in ipairs(bodies) do
        for j = i + 1, #bodies do
            local b = bodies[j]
            local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
            local square = dx * dx + dy * dy + dz * dz
            local pull = step / (square * square ^ 0.5)
            local towards, back = b.mass * pull, a.mass * pull
            a.vx, a.vy, a.vz = a.vx - dx * towards, a.vy - dy * towards, a.vz - dz * towards
            b.vx, b.vy, b.vz = b.vx + dx * back, b.vy + dy * back, b.vz + dz * back
        end
    end
    for _, a in ipairs(bodies) do
        a.x, a.y, a.z = a.x + step * a.vx, a.y + step * a.vy, a.z + step * a.vz
    end
end

for _ = 1, 320000 do
    advance(0.01)
end
for _, a in ipairs(bodies) do
    print(("%.9f %.9f %.9f"):format(a.x, a.y, a.z))
end
