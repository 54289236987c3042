internal import Posix
internal import Text

extension TimeZone {
    /// The zone of a name such as `Europe/Vienna`, from the system's files; for nil that of this machine.
    ///
    /// As for every program, `TZ` counts first: a name, or a rule such as `CET-1CEST,M3.5.0,M10.5.0/3`.
    init?(named name: String?, in world: World) {
        guard let name else {
            let given = world.environment["TZ"].map {
                $0.hasPrefix(":") ? String($0.dropFirst()) : $0
            }
            if let given {
                if given.isEmpty {
                    self = .utc
                } else if given.hasPrefix("/") {
                    self.init(path: given, in: world)
                } else if let zone = TimeZone(named: given, in: world) ?? TimeZone(rule: given) {
                    self = zone
                } else {
                    self = .utc
                }
                return
            }
            if let zone = TimeZone(path: "/etc/localtime", in: world) {
                self = zone
            } else {
                self = .utc
            }
            return
        }
        // A name stays inside of the folder.
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            !part.isEmpty && !part.hasPrefix(".")
                && part.utf8.allSatisfy {
                    0x61...0x7A ~= $0 | 0x20 || 0x30...0x39 ~= $0 || "+-_.".utf8.contains($0)
                }
        }
        guard isName else { return nil }
        let folder = world.environment["TZDIR"] ?? "/usr/share/zoneinfo"
        self.init(path: "\(folder)/\(name)", in: world)
    }

    private init?(path: String, in world: World) {
        guard let file = try? world.readFile(path, 1 << 20) else { return nil }
        self.init(file: file.bytes)
    }
}
