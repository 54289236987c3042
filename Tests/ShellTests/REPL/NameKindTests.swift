import Bindings
import Testing

/// The names that arguments take, for all functions about what is in a vCenter.
@Suite struct NameKindTests {
    /// The paths of all texts in a type: `placement.folder`, `power_states`, `storage_backings.*.type`.
    private static func texts(_ type: LuaType, _ path: [String?]) -> [[String?]] {
        var found: [[String?]] = []
        for type in type.alternatives {
            switch type {
            case .string: found.append(path)
            case .list(let element): found += texts(element, path + [nil])
            case .map(_, let value): found += texts(value, path + [nil])
            case .record(let fields, _):
                found += fields.flatMap { texts($0.type, path + [$0.name]) }
            default: break
            }
        }
        return found
    }

    @Test func `every argument of every operation is completed by the names that it takes`() throws
    {
        let modules: Set = ["json", "csv", "log", "time", "http", "secret", "step"]
        let others: Set = [
            "session", "exec", "request", "show", "progress", "ask", "confirm", "fail", "help",
            "options", "parallel", "waitFor", "retry", "spawn", "sleep", "shard", "step", "api",
            "isDryRun",
        ]
        var kinds: [String: String] = [:]
        for spec in FunctionSpec.all
        where !others.contains(spec.name) && !modules.contains(spec.module ?? "") && spec.isGlobal {
            for parameter in spec.parameters {
                for path in Set(Self.texts(parameter.type, [parameter.name])) {
                    let kind = LiveNames.Kind(of: spec.name, path).map { "\($0)" } ?? "text"
                    let place = path.map { $0 ?? "*" }.joined(separator: ".")
                    let known = kinds["\(spec.name) \(place.replacing(".*", with: ""))"]
                    #expect(known == nil || known == kind)
                    kinds["\(spec.name) \(place.replacing(".*", with: ""))"] = kind
                }
            }
        }
        let lines = kinds.sorted { $0.key < $1.key }.map { place, kind in
            "\(place): \(kind.replacing("Bindings.LiveNames.PlaceKind.", with: ""))\n"
        }
        expectGolden(lines.joined(), "completed-names.txt")
    }
}
