internal import Posix

/// Says what is not as it should be in a case.
///
/// It goes by the simulator's record and state, with the run without faults as the measure, and shares no code with
/// what carries changes out.
struct Judge: Sendable {
    /// The vCenters before anything ran.
    let before: TwinState
    /// The run without faults.
    let base: CaseEvidence
    /// The paths of the items by their identifiers.
    let names: [TwinState.Key: String]
    /// How often each maker was applied to each object without a fault.
    let usual: [String: Int]
    /// Operations whose changes have another name in the record: then nothing of them can be judged by it.
    private let unseen: Set<String>

    init(before: TwinState, base: CaseEvidence) {
        (self.before, self.base) = (before, base)
        names = before.itemsByKey.mapValues(\.path)
        usual = Self.made(base.requests, names)
        unseen = Set(
            base.told.filter { told in !base.requests.contains { $0.isOf(told) } }.map(\.operation)
        )
    }

    /// Everything that is wrong, in words for a person.
    func findings(_ evidence: CaseEvidence) -> [String] {
        if let problem = evidence.problem { return [problem] }
        return injection(evidence) + endings(evidence) + verdicts(evidence) + doubles(evidence)
            + sessions(evidence) + remains(evidence)
    }

    // MARK: The fault

    /// A case that hit nothing shows nothing.
    private func injection(_ evidence: CaseEvidence) -> [String] {
        switch evidence.point?.point {
        case nil: return []
        case .write:
            return evidence.isKillNoted ? [] : ["it was not killed: there was no such write"]
        case .request: return hits(evidence).isEmpty ? ["the fault hit nothing"] : []
        }
    }

    /// The requests that the fault has hit.
    func hits(_ evidence: CaseEvidence) -> [SeenRequest] {
        guard case .request(let operation, let vcenter, _, let name) = evidence.point?.point,
            let fault = RehearsalFault.named(name)
        else { return [] }
        return evidence.requests.filter {
            $0.operation == operation && $0.vcenter == vcenter && $0.fault == fault.recorded
        }
    }

    // MARK: How it ended

    private func endings(_ evidence: CaseEvidence) -> [String] {
        var found: [String] = []
        for stage in evidence.stages {
            let name = stage.kind == .run ? "it" : stage.kind.rawValue
            switch stage.ending {
            case .exited(70): found.append("\(name) ended with an internal error: \(stage.message)")
            case .signalled(let number) where !(evidence.isKillNoted && stage.kind == .run):
                found.append("\(name) was ended by signal \(number)")
            case .timedOut, .outputTooLarge, .cancelled: found.append("\(name) did not end")
            default: break
            }
            guard let kind = stage.errorKind, let code = stage.ending.code,
                let wanted = Self.codes[kind], code != wanted, code != 80, code != 124
            else { continue }
            found.append("\(name) ended with \(code), and \(wanted) is the code of \(kind)")
        }
        guard let code = evidence.stages.first?.ending.code else { return found }
        if evidence.openAfterRun > 0, code != 80 {
            found.append(
                "it ended with \(code), and hides that the outcome of a change was unknown"
            )
        }
        return found
    }

    /// The exit code of each kind of error, as documented.
    private static let codes: [String: Int32] = [
        "not_found": 66, "transport": 69, "timeout": 69, "error": 69, "internal_server_error": 69,
        "protocol": 76, "unauthenticated": 77, "unauthorized": 77, "forbidden_by_policy": 77,
        "tls": 78, "no_such_route": 78, "configuration": 78, "resource_busy": 75,
        "resource_inaccessible": 75, "unable_to_allocate_resource": 75, "unknown_outcome": 80,
        "conflict": 81, "not_allowed_in_current_state": 81, "concurrent_change": 81,
        "already_exists": 81, "already_in_desired_state": 81, "resource_in_use": 81,
        "invalid_argument": 65, "unexpected_input": 65, "unsupported": 65, "ambiguous": 65,
        "usage": 64,
    ]

    // MARK: Verdicts

    /// Every verdict of the journal must be true: done means applied, refused means not applied.
    private func verdicts(_ evidence: CaseEvidence) -> [String] {
        let judged = evidence.told.filter { !unseen.contains($0.operation) }
        // Changes that no mark tells apart are judged together.
        var groups: [[Int]: [CaseEvidence.Told]] = [:]
        for told in judged {
            let matching = evidence.requests.indices.filter { evidence.requests[$0].isOf(told) }
            groups[matching, default: []].append(told)
        }
        var found: [String] = []
        for (matching, group) in groups.sorted(by: { ($0.key.first ?? 0) < ($1.key.first ?? 0) }) {
            let applied = matching.count { evidence.requests[$0].isApplied }
            let done = group.count(where: \.isDone)
            let open = group.count(where: \.isOpen)
            let what = name(of: group[0])
            if applied < done, !isSo(group[0], evidence.state) {
                found.append("\(what) is told as done, and was not applied")
            } else if applied > done + open {
                found.append(
                    group.count == 1 && done == 1
                        ? "\(what) was applied \(applied) times"
                        : "\(what) is told as not done, and was applied"
                )
            } else if applied > 1, group.count == 1 {
                found.append("\(what) was applied \(applied) times")
            }
        }
        return found
    }

    /// A change as the other findings call it: by the path of its item, else by what it is about or makes.
    private func name(of told: CaseEvidence.Told) -> String {
        let subject = told.subjects.first.map {
            names[TwinState.Key(vcenter: told.vcenter, id: $0)] ?? $0
        }
        return told.operation + ((subject ?? told.name).map { " of \($0)" } ?? "")
    }

    /// Changes of which "done" says what is so, whoever has made it so and when.
    private static let goals: Set<String> = [
        "setHardware", "setPower", "updateItem", "attachTag", "detachTag", "shutdownGuest",
    ]

    /// Whether what a change is for is so in the end.
    private func isSo(_ told: CaseEvidence.Told, _ state: TwinState) -> Bool {
        if Self.goals.contains(told.operation) {
            return state.differences(from: base.state).isEmpty
        }
        guard told.operation.hasPrefix("delete"), let last = told.subjects.last else {
            return false
        }
        let key = TwinState.Key(vcenter: told.vcenter, id: last)
        return !state.machines.contains { $0.key == key } && state.itemsByKey[key] == nil
    }

    // MARK: What is left

    private func sessions(_ evidence: CaseEvidence) -> [String] {
        // A killed run cannot log out; a log-in or log-out whose answer is lost may leave one, and so does one of which
        // the server says that it is not there.
        let isExcused = hits(evidence).contains {
            $0.kind == .logIn || $0.kind == .logOut || $0.fault == "error:unauthenticated"
        }
        let allowed = (evidence.isKillNoted ? 1 : 0) + (isExcused ? 2 : 0)
        let more = evidence.sessionsLeft - base.sessionsLeft
        guard more > allowed * max(1, vcenterCount) else { return [] }
        return [more == 1 ? "a session is left open" : "\(more) sessions are left open"]
    }

    private var vcenterCount: Int { Set(base.requests.map(\.vcenter)).count }
}

extension SeenRequest {
    /// Whether it is a sending of a change that the journal tells of: by its mark, else by what it names.
    func isOf(_ told: CaseEvidence.Told) -> Bool {
        guard operation == told.operation, vcenter == told.vcenter else { return false }
        if text.contains("[vmoon:") { return text.contains("[vmoon:\(told.identifier)]") }
        return told.subjects.allSatisfy(names) && (told.name.map(names) ?? true)
    }
}
