/// The cases of a rehearsal, made of the record of the run without faults.
enum CaseList {
    /// Every request × every fault that it can meet, and every point of the journal.
    /// - Parameters:
    ///   - requests: The requests of the run without faults, in order.
    ///   - writes: The words of its writes to the journal, for each commit.
    ///   - state: The vCenters before it.
    ///   - faults: The names of the faults that are wanted; nil for all.
    /// - Returns: The cases, in the order of the requests; those of the journal come last.
    static func all(
        requests: [SeenRequest],
        writes: [[String]],
        state: TwinState,
        faults: [String]? = nil
    ) -> [RehearsalCase] {
        let wanted = RehearsalFault.all.filter { faults?.contains($0.name) ?? true }
        var cases: [RehearsalCase] = []
        var counts: [String: Int] = [:]
        var items = state.itemsByKey
        for request in requests {
            guard let operation = request.operation else { continue }
            let number = counts["\(operation)@\(request.vcenter)", default: 0] + 1
            counts["\(operation)@\(request.vcenter)"] = number
            let item = request.objects.lazy.compactMap { items[$0] }.first
            for fault in wanted
            where fault.kinds.contains(request.kind) && allows(fault.condition, item)
                && !(request.isRemote && fault.needsHeadOnly)
            {
                cases.append(
                    RehearsalCase(
                        operation: operation,
                        vcenter: request.vcenter,
                        number: number,
                        fault: fault.name,
                        item: fault.condition == .none ? nil : item?.key
                    )
                )
            }
            if request.isApplied, let item { items[item.key] = item.after(operation) }
        }
        return cases + kills(writes, faults)
    }

    /// The words of each commit that has points of its own.
    static func commits(_ writes: [[String]]) -> [[String]] {
        // Whether a step is written when it begins is a matter of the real time.
        writes.map { $0.filter { $0 != "step_begins" } }.filter { !$0.isEmpty }
    }

    /// Every point of the journal: before and after each commit, of which all is written or nothing.
    private static func kills(_ writes: [[String]], _ faults: [String]?) -> [RehearsalCase] {
        var cases: [RehearsalCase] = []
        var counts: [String: Int] = [:]
        for words in commits(writes) {
            guard let first = words.first, let last = words.last else { continue }
            let begin = counts[first, default: 0] + 1
            for word in words { counts[word, default: 0] += 1 }
            let points = [
                KillPoint(word: first, number: begin, side: .before),
                KillPoint(word: last, number: counts[last] ?? 0, side: .after),
            ]
            for point in points where faults?.contains("kill_\(point.side.rawValue)") ?? true {
                cases.append(RehearsalCase(point))
            }
        }
        return cases
    }

    private static func allows(
        _ condition: RehearsalFault.Condition,
        _ item: TwinState.Item?
    ) -> Bool {
        switch condition {
        case .none: true
        case .item: item?.isTemplate == true
        case .freeItem: item.map { $0.isTemplate && $0.checkOutCount == 0 } ?? false
        case .itemWithPrevious:
            item.map { $0.isTemplate && $0.checkOutCount == 0 && $0.versionCount > 1 } ?? false
        }
    }

    /// Chooses a part of the cases by a seed, with at least one of each group.
    /// - Parameters:
    ///   - cases: All cases.
    ///   - limit: How many are wanted; nil for all. There are more if there are more groups.
    ///   - seed: The same one chooses the same cases.
    /// - Returns: The cases, in their order.
    static func sample(_ cases: [RehearsalCase], limit: Int?, seed: UInt64) -> [RehearsalCase] {
        guard let limit, limit < cases.count else { return cases }
        var dice = SeededDice(seed)
        var order = Array(cases.indices)
        order.shuffle(using: &dice)
        var chosen: Set<Int> = []
        var groups: Set<String> = []
        for place in order where groups.insert(cases[place].group).inserted { chosen.insert(place) }
        for place in order where chosen.count < limit { chosen.insert(place) }
        return cases.indices.filter(chosen.contains).map { cases[$0] }
    }
}

/// Random numbers that a seed decides: SplitMix64 (Steele, Lea, Flood, 2014).
struct SeededDice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
