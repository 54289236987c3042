internal import Bindings

/// The configuration of luacheck for vmoon scripts: the globals, with their fields.
enum LuacheckStandard {
    /// The text of `.luacheckrc`.
    static func text(
        _ specs: [FunctionSpec] = FunctionSpec.all,
        testing: [FunctionSpec] = FunctionSpec.testing
    ) -> String {
        let objects = specs.filter { $0.called != nil }.map(\.name)
        return """
            -- Written by `vmoon types`; do not edit. What luacheck has to know of vmoon's functions.
            stds.vmoon = {
              read_globals = {
            \(rows(specs.filter(\.isGlobal).map(\.name) + ValueSpec.all.map(\.name), open: objects))
              },
            }
            -- Only in the files that `vmoon test` runs.
            stds.vmoon_test = {
              read_globals = {
            \(rows(testing.map(\.name)))
              },
            }
            std = "lua54+vmoon"
            files["*_test.lua"].std = "+vmoon_test"
            files["**/*_test.lua"].std = "+vmoon_test"
            max_line_length = false

            """
    }

    /// One line for each global, with its fields.
    private static func rows(_ paths: [String], open: [String] = []) -> String {
        var names: [String] = []
        var fields: [String: [String]] = [:]
        for path in paths {
            let parts = path.split(separator: ".").map(String.init)
            if !names.contains(parts[0]) { names.append(parts[0]) }
            if parts.count > 1 { fields[parts[0], default: []].append(parts[1]) }
        }
        return names.sorted().map { name -> String in
            // Its fields are the business of `vmoon check`.
            guard !open.contains(name) else { return "    \(name) = { other_fields = true }," }
            let list = (fields[name] ?? []).sorted().map { "\($0) = {}" }
            let inner = list.isEmpty ? "" : " \(list.joined(separator: ", ")) "
            return "    \(name) = { fields = {\(inner)} },"
        }.joined(separator: "\n")
    }
}
