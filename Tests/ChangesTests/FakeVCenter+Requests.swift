import JSON
import VSphere

/// The requests that it understands, in both dialects.
extension FakeVCenter {
    /// A request, taken apart.
    struct Asked {
        let dialect: Dialect
        /// Method, path without what only `/rest` has, and `action`: `POST /vm/vm-5/power start`.
        let line: [Substring]
        let names: [String]
        let body: JSONValue
        /// The place of the item it is about; nil for none.
        let place: Int?

        init(_ text: String) {
            let parts = text.split(separator: " ", maxSplits: 2)
            dialect = parts[1].hasPrefix("/rest") ? .rest : .api
            let url = parts[1].split(separator: "?", maxSplits: 1)
            var steps = url[0].split(separator: "/").dropFirst().filter {
                !["com", "vmware", "vcenter", "content", "cis"].contains($0)
            }.map { $0.hasPrefix("id:") ? $0.dropFirst(3) : $0 }
            var names: [String] = []
            for pair in url.count > 1 ? url[1].split(separator: "&") : [] {
                let sides = pair.split(separator: "=")
                if sides[0].hasSuffix("action") { steps.append(sides[1]) }
                if sides[0].hasSuffix("names") || sides[0].hasSuffix("names.1") {
                    names.append(String(sides[1]))
                }
            }
            line = [parts[0]] + steps
            let item = steps.first { $0.hasPrefix("item-") }
            place = item.flatMap { Int($0.dropFirst(5)) }.map { $0 - 1 }
            self.names = names
            let sent = parts.count > 2 ? try? JSONValue(parsing: String(parts[2])) : nil
            body = sent?["spec"] ?? sent ?? .null
        }

        /// Whether it changes something.
        var isChange: Bool { line[0] != "GET" && line.last != "find" && line[1] != "session" }

        var message: String? { body["message"]?.string }
        var name: String? { body["name"]?.string }
    }

    /// Carries out a request.
    /// - Returns: The result as JSON; nil where there is none.
    mutating func answer(_ asked: Asked) throws(Refusal) -> String? {
        let line = asked.line
        if let asked = asked.place {
            guard shelves.indices.contains(asked) else { throw .notFound }
            place = asked
        }
        switch (line[0], line[1], line.count) {
        case ("POST", "session", 2): return #""session-1""#
        case (_, "session", _): return nil
        case (_, "library", _): return try answerLibrary(asked)
        case (_, "vm-template", _): return try answerTemplates(asked)
        case ("GET", "vm", 2):
            return list(
                machines.filter { !$0.value.isTemplate && asked.names.contains($0.value.name) }
                    .keys.sorted().map { machine($0, isListed: true) }
            )
        case (let method, "vm", _):
            let vm = String(line[2])
            switch (method, line.dropFirst(3).first) {
            case ("GET", nil):
                try see(vm)
                return machine(vm)
            case ("GET", "power"):
                try see(vm)
                return #"{"state":"\#(machines[vm]?.power ?? "")"}"#
            case ("GET", "library-item"):
                try see(vm)
                guard let place = shelves.firstIndex(where: { $0.checkOut?.vm == vm }) else {
                    return "{}"
                }
                return #"{"check_out":{"library_item":"item-\#(place + 1)"}}"#
            case ("POST", "power"): try power(String(line[4]), vm)
            default: try deleteMachine(vm)
            }
            return nil
        default: throw .notFound
        }
    }

    private mutating func answerLibrary(_ asked: Asked) throws(Refusal) -> String? {
        let line = asked.line
        if line.last == "find" {
            return list(items.filter { $0.name == asked.name }.map { "\"\($0.id)\"" })
        }
        guard isItemThere, asked.place != nil else { throw .notFound }
        if line[0] == "DELETE" {
            try deleteItem()
            return nil
        }
        guard line.last == "changes" else {
            return """
                {"id":"\(item)","name":"ubuntu","library_id":"\(Self.library)",\
                "type":"vm-template","content_version":"\(latest ?? "")"}
                """
        }
        return list(
            history.map {
                """
                {"version":"\($0.version)","time":"\(Self.stamp($0.time))",\
                "user":"\(Self.escaped($0.user))","short_message":"\($0.message)"}
                """
            }
        )
    }

    private mutating func answerTemplates(_ asked: Asked) throws(Refusal) -> String? {
        let line = asked.line
        guard line.count > 3 else {
            let vm = asked.body["source_vm"]?.string ?? ""
            return "\"\(try makeItem(asked.name ?? "", of: vm))\""
        }
        guard isItemThere, asked.place != nil else { throw .notFound }
        let id = line.count > 5 ? String(line[5]) : ""
        switch (line[0], line[4], line.count) {
        case ("POST", "deploy", _): return "\"\(try makeMachine(asked.name ?? ""))\""
        case ("GET", "versions", _):
            return list(versions.map { #"{"version":"\#($0.id)","vm_template":"\#($0.vm)"}"# })
        case ("GET", "check-outs", 5):
            return list(checkOut.map { [#"{"vm":"\#($0.vm)"}"#] } ?? [])
        case ("GET", "check-outs", _):
            guard machines[id] != nil else { throw .notFound }
            guard let checkOut, checkOut.vm == id else { throw .invalid }
            return """
                {"time":"\(Self.stamp(checkOut.time))","user":"\(Self.escaped(checkOut.user))"}
                """
        case ("POST", "check-outs", 6): return "\"\(try makeCheckOut(asked.name))\""
        case ("POST", "check-outs", _): return "\"\(try checkIn(id, asked.message ?? ""))\""
        case ("POST", _, _): return "\"\(try rollback(id, asked.message ?? ""))\""
        case (_, "check-outs", _): try discard(id)
        default: try deleteVersion(id)
        }
        return nil
    }

    private func see(_ vm: String) throws(Refusal) {
        guard let machine = machines[vm], !machine.isTemplate else { throw .notFound }
    }

    private func machine(_ vm: String, isListed: Bool = false) -> String {
        let machine = machines[vm]
        let id = isListed ? "\"vm\":\"\(vm)\"," : ""
        return
            "{\(id)\"name\":\"\(machine?.name ?? "")\",\"power_state\":\"\(machine?.power ?? "")\"}"
    }

    private func list(_ elements: [String]) -> String {
        "[" + elements.joined(separator: ",") + "]"
    }

    private static func escaped(_ user: String) -> String {
        user.split(separator: "\\").joined(separator: #"\\"#)
    }

    // MARK: Its clock

    /// `2026-11-02T03:04:05.678Z`.
    private static func stamp(_ time: Int64) -> String {
        let (day, clock) = parts(time)
        return "2026-11-\(two(day))T\(clock).\(two(time % 1000 / 10))0Z"
    }

    /// The field `Date` of its answers.
    var date: String {
        let (day, clock) = Self.parts(time)
        let weekday = ["Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri"][Int(day % 7)]
        return "Date: \(weekday), \(Self.two(day)) Nov 2026 \(clock) GMT\r\n"
    }

    private static func parts(_ time: Int64) -> (day: Int64, clock: String) {
        let seconds = time / 1000
        let clock = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map(two)
        return (seconds / 86_400 + 1, clock.joined(separator: ":"))
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
