internal import Bindings

/// The configuration of luacheck for scripts of vmoon's: which globals there are, with their fields.
enum LuacheckStandard {
    /// The text of `.luacheckrc`.
    static func text(_ specs: [FunctionSpec] = FunctionSpec.all) -> String {
        var names: [String] = []
        var fields: [String: [String]] = [:]
        for path in specs.filter(\.isGlobal).map(\.name) + ValueSpec.all.map(\.name) {
            let parts = path.split(separator: ".").map(String.init)
            if !names.contains(parts[0]) { names.append(parts[0]) }
            if parts.count > 1 { fields[parts[0], default: []].append(parts[1]) }
        }
        let rows = names.sorted().map { name -> String in
            let list = (fields[name] ?? []).sorted().map { "\($0) = {}" }
            let inner = list.isEmpty ? "" : " \(list.joined(separator: ", ")) "
            return "    \(name) = { fields = {\(inner)} },"
        }
        return """
            -- Written by `vmoon types`; do not edit. What luacheck has to know of vmoon's functions.
            stds.vmoon = {
              read_globals = {
            \(rows.joined(separator: "\n"))
              },
            }
            std = "lua54+vmoon"
            max_line_length = false

            """
    }
}
