internal import Posix

extension Judge {
    /// Operations of which each success makes something new, and the operations that take it away again.
    private static let makers: [String: [String]] = [
        "rollback": [], "checkIn": [], "checkOut": ["deleteCheckOut"], "deploy": ["deleteVM"],
        "deployOVF": ["deleteVM"], "createTemplate": ["deleteItem"],
    ]

    /// Finds things made more often than without a fault, and not taken away again.
    func doubles(_ evidence: CaseEvidence) -> [String] {
        Self.made(evidence.requests, names).sorted { $0.key < $1.key }.compactMap { key, count in
            guard count > max(1, usual[key] ?? 0) else { return nil }
            let times = usual[key].map { "\($0) without a fault" } ?? "never without a fault"
            return "\(key) was applied \(count) times (\(times))"
        }
    }

    /// How often each maker was applied to each object, less what was taken away.
    static func made(_ requests: [SeenRequest], _ names: [TwinState.Key: String]) -> [String: Int] {
        var counts: [String: Int] = [:]
        for request in requests where request.isApplied {
            guard let operation = request.operation else { continue }
            if makers[operation] != nil {
                counts["\(operation) of \(object(of: request, names))", default: 0] += 1
            }
            for (maker, takers) in makers where takers.contains(operation) {
                // A machine or item does not tell what it was made of: any of them is taken for it.
                let own = "\(maker) of \(object(of: request, names))"
                let key =
                    counts[own] != nil
                    ? own : counts.keys.filter { $0.hasPrefix(maker + " of ") }.min()
                if let key { counts[key, default: 0] -= 1 }
            }
        }
        return counts
    }

    /// The item that a request is about; else what its path names.
    private static func object(
        of request: SeenRequest,
        _ names: [TwinState.Key: String]
    ) -> String {
        request.objects.lazy.compactMap { names[$0] }.first
            ?? request.path.dropLast().last { $0.contains("-") } ?? ""
    }

    /// The state that the case ends with, compared with the run without faults.
    func remains(_ evidence: CaseEvidence) -> [String] {
        guard let first = evidence.stages.first,
            let last = evidence.stages.last(where: { $0.kind != .reconcile }),
            let expected = base.stages.first?.ending
        else { return [] }
        let foreign = foreignItems(evidence)
        if last.ending == expected {
            let how = last.kind == .run ? "" : " after \(last.kind.rawValue)"
            return evidence.state.differences(from: base.state, besides: foreign.contains)
                .map { "ended with \(last.ending.shortText)\(how), and \($0.whole)" }
        }
        let isOpen = evidence.told.contains(where: \.isOpen)
        var found: [String] = []
        let isDeed = evidence.point.flatMap { RehearsalFault.named($0.fault) }?.isDeed ?? false
        let isRefused = first.ending.code != nil && !CaseCourse.mayRunAgain(first.ending)
        let wasClean = evidence.stateAfterRun.map { leftovers($0, evidence).isEmpty } ?? false
        // The work was done, and another run has said that there is nothing to do.
        let isRight = last.kind == .again && evidence.state.differences(from: base.state).isEmpty
        if last.kind != .run, !isDeed, !isRight, !(isRefused && wasClean), !isOpen {
            let words = last.message.isEmpty ? "" : ": \(last.message)"
            found.append("\(last.kind.rawValue) ended with \(last.ending.shortText)\(words)")
        }
        if !isOpen { found += leftovers(evidence.state, evidence) }
        let damage = damage(evidence, besides: foreign, isOpen: isOpen)
        return found + damage.filter { !found.contains($0) }
    }

    /// What is as it was neither before nor after the run without faults, however the case has ended: nobody asked for it.
    private func damage(
        _ evidence: CaseEvidence,
        besides foreign: Set<String>,
        isOpen: Bool
    ) -> [String] {
        let changed = evidence.state.differences(from: before, besides: foreign.contains)
        let wrong = evidence.state.differences(from: base.state, besides: foreign.contains)
            .map(\.text)
        // What is new may be that of a change that is still open, or of an item that somebody has deleted.
        let isExcused = isOpen || evidence.point?.fault == "meanwhile:delete_item"
        return changed.filter { wrong.contains($0.text) && !($0.isMore && isExcused) }.map(\.text)
    }

    /// Check-outs and machines that are there neither before nor after the run without faults.
    private func leftovers(_ state: TwinState, _ evidence: CaseEvidence) -> [String] {
        let isDeleted = evidence.point?.fault == "meanwhile:delete_item"
        var found: [String] = []
        let (old, usual) = (before.itemsByKey, base.state.itemsByKey)
        for item in state.items {
            let most = max(
                old[item.key]?.holders.count ?? 0,
                usual[item.key]?.holders.count ?? 0
            )
            if item.holders.count > most { found.append("\(item.path) is left checked out") }
        }
        func counts(_ state: TwinState) -> [String: Int] {
            state.machines.reduce(into: [:]) { $0[$1.name, default: 0] += 1 }
        }
        let (was, would) = (counts(before), counts(base.state))
        // A machine that is checked out was told already, and one whose item somebody has deleted is nobody's.
        guard found.isEmpty, !isDeleted else { return found }
        for (name, count) in counts(state).sorted(by: { $0.key < $1.key })
        where count > max(was[name] ?? 0, would[name] ?? 0) {
            found.append("the machine \(name) is left")
        }
        return found
    }

    /// The paths of the items that somebody else has changed.
    private func foreignItems(_ evidence: CaseEvidence) -> Set<String> {
        let hit = evidence.requests.filter { $0.fault?.hasPrefix("meanwhile:") ?? false }
        let item = evidence.point?.item
        return Set(hit.flatMap { item.map { [$0] } ?? $0.objects }.compactMap { names[$0] })
    }
}
