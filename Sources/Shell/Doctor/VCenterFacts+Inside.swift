internal import Buffers
internal import Text
internal import Transport
internal import VSphere

/// The findings of a session: what the vCenter is, has and says.
extension VCenterFacts {
    func insideFindings(_ spelling: Spelling) -> [Diagnosis] {
        var found = [release(spelling)]
        found += Dialect.allCases.map { routes(of: $0, spelling) }
        found += missing
        found += deviations(spelling) + otherErrors(spelling)
        found += [clock, latency, rights(spelling), contents(spelling)]
        if let limit {
            found.append(
                .odd(
                    "time",
                    "not all was looked at within \(SpanText.spelled(limit))",
                    try: "is it far, or busy? once more, and with one vCenter at a time"
                )
            )
        }
        if let logOutProblem {
            found.append(
                .odd(
                    "log-out",
                    "the session may still be open: \(spelling.error(logOutProblem))",
                    try: "nothing: the vCenter ends it when it was idle for long"
                )
            )
        }
        return found
    }

    // MARK: What it is and has

    private static var releaseName: String { "request" }

    private func release(_ spelling: Spelling) -> Diagnosis {
        let topic = "release"
        let probes = Dialect.allCases.flatMap { readings(of: Self.releaseName, in: $0) }.map(
            \.probe
        )
        for probe in probes where probe.error == nil {
            guard let answer = probe.result.root, let version = answer["version"]?.string else {
                continue
            }
            let product = answer["product"]?.string ?? "vCenter"
            let build = answer["build"]?.string.map { ", build \(Display.escape($0))" } ?? ""
            let shown = spelling.release(product)
            return .good(topic, "\(shown) \(Display.escape(version))\(build)")
        }
        if let version = knock?.apiVersion {
            return .good(
                topic,
                "API \(version); /appliance/system/version, which has the build, was not read"
            )
        }
        guard let error = probes.compactMap(\.error).first(where: { $0.kind != .noSuchRoute })
        else {
            let isAsked = !probes.isEmpty
            return .unseen(
                topic,
                because: isAsked
                    ? "this server has no /appliance/system/version" : "it took too long"
            )
        }
        let reason =
            error.kind == .unauthorized
            ? "the account may not read /appliance/system/version" : spelling.error(error)
        return .unseen(topic, because: reason)
    }

    /// The reads of ours that were asked for, in the order of the documentation.
    static let reads: [Operation] = Operation.all.filter { !$0.isChanging && $0.method == .get }

    private func routes(of dialect: Dialect, _ spelling: Spelling) -> Diagnosis {
        let topic = "/\(dialect.rawValue)"
        let names = Self.reads.map(\.name)
        let states = names.map { (name: $0, has: hasRoute($0, in: dialect)) }
        let lacking = states.filter { $0.has == false }.map(\.name)
        let there = states.count { $0.has == true }
        let unknown = states.filter { $0.has == nil }.map(\.name)
        guard there + lacking.count > 0 else { return .unseen(topic, because: "it took too long") }
        let rest =
            unknown.isEmpty ? "" : "; not looked at, for want of an answer: \(Self.list(unknown))"
        let other = "/\(dialect.other.rawValue)"
        // What the other one lacks too has a line of its own.
        let elsewhere = lacking.filter { hasRoute($0, in: dialect.other) == true }
        guard there > 0 else { return .good(topic, "not there: \(other) is used\(rest)") }
        var text = "\(there) of our \(names.count) reads are there"
        guard !elsewhere.isEmpty else { return .good(topic, text + rest) }
        text += "; not \(Self.list(elsewhere))"
        if choice.rawValue == dialect.rawValue {
            return .odd(topic, text + rest, try: "--api auto, which asks \(other) for them")
        }
        return .good(topic, "\(text), for which \(other) is asked\(rest)")
    }

    /// The routes that no dialect has.
    private var missing: [Diagnosis] {
        let names = Self.reads.map(\.name).filter { name in
            Dialect.allCases.allSatisfy { hasRoute(name, in: $0) == false }
        }
        guard !names.isEmpty else { return [] }
        return [
            .wrong(
                "routes",
                "no dialect has \(Self.list(names)): scripts that use it fail",
                try: "a newer release: templates need 6.8, check-outs and versions 6.9.1; "
                    + "or is this no vCenter, but something in its place?"
            )
        ]
    }

    static func list(_ names: [String]) -> String {
        let shown = names.prefix(12).joined(separator: ", ")
        return names.count > 12 ? "\(shown) and \(names.count - 12) more" : shown
    }

    // MARK: What it says

    private func deviations(_ spelling: Spelling) -> [Diagnosis] {
        var found: [Diagnosis] = []
        for reading in readings where reading.probe.error?.kind == .protocolViolation {
            let probe = reading.probe
            guard let error = probe.error else { continue }
            let head = "\(probe.operation) by /\(probe.dialect.rawValue)"
            let text =
                probe.deviations.isEmpty
                ? spelling.error(error) : Self.describe(probe.deviations)
            let line = "\(head): \(text)"
            guard !found.contains(where: { $0.text == line }) else { continue }
            let advice =
                "tell the makers of vmoon: `vmoon doctor --record FILE --mask` keeps the answers without names"
            found.append(
                isUsed(probe.operation, probe.dialect)
                    ? .wrong("answers", line, try: advice) : .odd("answers", line, try: advice)
            )
        }
        if found.isEmpty {
            let count = readings.count { $0.probe.error == nil }
            if count == 0 { return [.unseen("answers", because: "none had a result")] }
            return [.good("answers", "\(count) answers are as they are expected")]
        }
        return found
    }

    /// The fields that are not as promised, and those that nobody expects.
    static func describe(_ deviations: [Probe.Deviation]) -> String {
        let problems = deviations.prefix(6).map { deviation in
            let place = deviation.place.isEmpty ? "the answer" : Display.escape(deviation.place)
            return "\(place): \(deviation.problem)"
        }
        let others = deviations.flatMap(\.others).reduce(into: [String]()) { names, name in
            if !names.contains(name) { names.append(name) }
        }
        let rest = others.isEmpty ? "" : "; unknown, and there: \(list(others.map(Display.escape)))"
        return problems.joined(separator: "; ") + rest
    }

    /// Whether scripts get the answer of this dialect.
    private func isUsed(_ operation: String, _ dialect: Dialect) -> Bool {
        guard case .success(let made)? = logIn else { return true }
        return made.dialect == dialect || hasRoute(operation, in: made.dialect) == false
    }

    /// The kinds that a read may give without anything being odd.
    private static let expected: Set<ErrorKind> = [
        .noSuchRoute, .notFound, .unauthorized, .protocolViolation, .unableToAllocateResource,
        .notAllowedInCurrentState, .cancelled,
        // Of lists whose filter is "currently required", and of objects of another kind.
        .invalidArgument,
    ]

    private func otherErrors(_ spelling: Spelling) -> [Diagnosis] {
        var found: [Diagnosis] = []
        for reading in readings where !reading.isMadeUp || reading.probe.status == nil {
            guard let error = reading.probe.error, !Self.expected.contains(error.kind) else {
                continue
            }
            let probe = reading.probe
            let head = "\(probe.operation) by /\(probe.dialect.rawValue)"
            // What was left when the time was up is not odd by itself.
            if limit != nil, probe.status == nil { continue }
            found.append(
                .odd(
                    "answers",
                    "\(head): \(spelling.error(error))",
                    try: error.hint.map(spelling.text) ?? "what does the log of the vCenter say?"
                )
            )
        }
        return Array(found.prefix(8))
    }

    // MARK: Time

    private var clock: Diagnosis {
        let topic = "clock"
        if isReplayed { return .unseen(topic, because: Self.replayed) }
        let skews = readings.compactMap { reading in
            reading.probe.date.map { $0 - reading.received }
        }
        .sorted()
        guard !skews.isEmpty else { return .unseen(topic, because: "no answer had a date") }
        // Dates are whole seconds, rounded down, and as old as the way back was long.
        let skew = skews[skews.count / 2] + 500
        guard abs(skew) >= 5000 else {
            return .good(topic, "that of the vCenter is the same to within 5 s")
        }
        let length = SpanText.length(seconds: Double(abs(skew)) / 1000)
        let text = "that of the vCenter is \(length) \(skew > 0 ? "ahead of" : "behind") ours"
        let advice = "which one is right? set the other one (NTP)"
        // Tokens of single sign-on bear five to ten minutes.
        return abs(skew) > 300_000
            ? .wrong(topic, text, try: advice) : .odd(topic, text, try: advice)
    }

    private var latency: Diagnosis {
        let topic = "latency"
        if isReplayed { return .unseen(topic, because: Self.replayed) }
        let times = readings.filter { $0.probe.status != nil }.map(\.probe.duration).sorted()
        guard let least = times.first else {
            return .unseen(topic, because: "nothing was answered")
        }
        let middle = times[times.count / 2]
        let text =
            "\(times.count) reads: at best \(Self.time(least)), half of them within \(Self.time(middle))"
        return middle > .seconds(1)
            ? .odd(topic, text, try: "is it far, or busy? --timeout says how long a read waits")
            : .good(topic, text)
    }

    // MARK: What the account sees

    private func rights(_ spelling: Spelling) -> Diagnosis {
        let topic = "rights"
        let asked = readings.filter { !$0.isMadeUp && $0.probe.operation != Self.releaseName }
        let refused = asked.filter { $0.probe.error?.kind == .unauthorized }
        var names: [String] = []
        for reading in refused where !names.contains(reading.probe.operation) {
            names.append(reading.probe.operation)
        }
        if let error = refused.first?.probe.error {
            return .wrong(
                topic,
                "\(spelling.user(user)) may not \(Self.list(names))",
                try: error.hint.map(spelling.text) ?? "give the account the privilege System.Read"
            )
        }
        let seen = asked.filter { $0.probe.error == nil && ($0.probe.result.root?.count ?? 0) > 0 }
        guard !asked.isEmpty else { return .unseen(topic, because: "nothing was answered") }
        guard !seen.isEmpty else {
            return .odd(
                topic,
                "no read is refused, and \(spelling.user(user)) sees nothing at all",
                try: "give the account System.Read, for libraries as a global permission"
            )
        }
        let kinds = Set(seen.map(\.probe.operation)).count
        return .good(topic, "no read is refused; \(kinds) kinds of them show something")
    }

    private func contents(_ spelling: Spelling) -> Diagnosis {
        let topic = "libraries"
        let lists = Dialect.allCases.flatMap { readings(of: Operation.listLibraries.name, in: $0) }
        guard lists.contains(where: { $0.probe.error == nil || !$0.probe.deviations.isEmpty })
        else {
            return .unseen(topic, because: "they could not be listed")
        }
        guard !libraries.isEmpty else {
            return .odd(
                topic,
                "none is seen",
                try:
                    "is there one? then the account needs a global permission: libraries inherit from nothing else"
            )
        }
        let names = libraries.prefix(8).map { library in
            spelling.name(library.name)
                + (library.items.map { $0 == 1 ? " (1 item)" : " (\($0) items)" } ?? "")
        }
        let rest = libraries.count > 8 ? " and \(libraries.count - 8) more" : ""
        let all = libraries.compactMap(\.items).reduce(0, +)
        let part = items < all ? "; of \(all) items \(items) were looked at" : ""
        let text =
            "\(libraries.count): \(names.joined(separator: ", "))\(rest); \(templates) VM templates\(part)"
        guard templates > 0 || items < all else {
            return .odd(topic, text, try: "is the right library seen? vmoon works on VM templates")
        }
        return .good(topic, text)
    }
}
