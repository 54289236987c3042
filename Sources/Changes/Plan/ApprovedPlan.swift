internal import JSON
internal import Text
public import VSphere

/// A plan that a run is held to: gives each changing call leave, or refuses it.
///
/// The order of calls does not matter: tasks that run at once have none. Each planned change is used once.
public final class ApprovedPlan {
    private let document: PlanDocument
    private let byNumber: [Int: PlannedChange]
    /// The planned changes that are under way or were made.
    private var used: Set<Int> = []
    /// The results of those that were made, by their numbers.
    private var results: [Int: String] = [:]
    private var made: Set<Int> = []
    /// Called with the new number of a change that is under way, by its present one.
    private var renumber: [Int: (Int) -> Void] = [:]

    /// Makes the policy of a run.
    public init(_ document: PlanDocument) {
        self.document = document
        byNumber = Dictionary(uniqueKeysWithValues: document.changes.map { ($0.number, $0) })
    }

    /// The lines of what was planned and not done, in order; without what was planned as a refusal.
    public var left: [String] {
        document.changes.filter { !used.contains($0.number) && $0.refusal == nil }.map(\.line)
    }

    /// Gives a program, or a request to another service, leave.
    /// - Parameters:
    ///   - function: The function's name in Lua.
    ///   - subject: The command or the address.
    /// - Throws: kind `forbidden_by_policy` if it is not planned.
    public func take(_ function: String, about subject: String) throws(VSphereError) {
        let number = try take(PlannedCall(function, about: subject))
        made.insert(number)
    }

    /// Gives a call leave, and reserves its planned change.
    /// - Parameters:
    ///   - call: The call.
    ///   - renumber: Called where it turns out to be another one that is the same; nil if it must stay.
    /// - Returns: The number of the planned change.
    /// - Throws: kind `forbidden_by_policy` if it is not planned, or used up.
    func take(
        _ call: PlannedCall,
        renumber: ((Int) -> Void)? = nil
    ) throws(VSphereError) -> Int {
        guard let free = free(for: call) ?? exchangeTwins(for: call) else {
            throw refusal(of: call)
        }
        used.insert(free.number)
        self.renumber[free.number] = renumber
        return free.number
    }

    private func free(for call: PlannedCall) -> PlannedChange? {
        document.changes.first { !used.contains($0.number) && isSame($0, call) }
    }

    /// A planned change for a call, where two that are the same but for their numbers were matched the other way
    /// round: only what comes after them tells which is which.
    private func exchangeTwins(for call: PlannedCall) -> PlannedChange? {
        for change in document.changes where !used.contains(change.number) {
            for number in Placeholder.numbers(in: change.arguments) {
                for twin in twins(of: number) {
                    exchange(number, twin)
                    if isSame(change, call) { return change }
                    exchange(number, twin)
                }
            }
        }
        return nil
    }

    /// The changes that are the same as one of them, and may take its place: nothing was made of the results of
    /// both.
    private func twins(of number: Int) -> [Int] {
        guard let change = byNumber[number], isLoose(number) else { return [] }
        return document.changes.filter { other in
            other.number != number && other.operation == change.operation
                && other.vcenter == change.vcenter && other.arguments == change.arguments
                && isLoose(other.number)
        }.map(\.number)
    }

    private func isLoose(_ number: Int) -> Bool {
        let isFixed = used.contains(number) && !made.contains(number) && renumber[number] == nil
        return !isFixed
            && !document.changes.contains { other in
                used.contains(other.number)
                    && Placeholder.numbers(in: other.arguments).contains(number)
            }
    }

    private func exchange(_ one: Int, _ other: Int) {
        func turn(_ numbers: inout Set<Int>) {
            guard numbers.contains(one) != numbers.contains(other) else { return }
            numbers.formSymmetricDifference([one, other])
        }
        turn(&used)
        turn(&made)
        (results[one], results[other]) = (results[other], results[one])
        (renumber[one], renumber[other]) = (renumber[other], renumber[one])
        for number in [one, other] { renumber[number]?(number) }
    }

    /// Another planned change for the same call, whose state fits better; it is reserved instead.
    func exchange(
        _ number: Int,
        for call: PlannedCall,
        _ fits: (PlannedState) -> Bool
    ) -> Int? {
        let others = candidates(for: call).filter { !used.contains($0.number) }
        guard
            let other = others.first(where: { change in state(of: change.number).map(fits) ?? false
            })
        else { return nil }
        used.remove(number)
        used.insert(other.number)
        renumber[other.number] = renumber.removeValue(forKey: number)
        return other.number
    }

    /// Takes note of a change that was made, or may have been; its result is known from here on.
    func end(_ number: Int, result: String?) {
        made.insert(number)
        results[number] = result
        renumber[number] = nil
    }

    /// Takes note of one that changed nothing: the same call may be made again.
    func giveBack(_ number: Int) {
        used.remove(number)
        renumber[number] = nil
    }

    /// An earlier change of the same item that was planned before this one and has not been made.
    func earlier(than number: Int) -> Int? {
        guard let change = byNumber[number], change.isAfterOthers, let item = change.item?.id
        else { return nil }
        return document.changes.first { other in
            other.number < number && other.vcenter == change.vcenter && other.item?.id == item
                && other.changesItem && other.refusal == nil && !made.contains(other.number)
        }?.number
    }

    /// The state that a change was planned on, with the results of earlier ones in place of placeholders; nil where
    /// it depends on one that has not been made.
    func state(of number: Int) -> PlannedState? {
        guard let change = byNumber[number] else { return nil }
        var state = change.state
        var isComplete = true
        func bound(_ text: String) -> String {
            guard let exact = PlannedText(text, binding).exact else {
                isComplete = false
                return text
            }
            return exact
        }
        state.latest = state.latest.map(bound)
        state.parts = state.parts.map { ($0.versions.map(bound), $0.checkOuts.map(bound)) }
        state.library = state.library.map(bound)
        if let owner = state.name?.owner { state.name = .init(owner: bound(owner)) }
        return isComplete ? state : nil
    }

    private func binding(_ number: Int) -> PlannedText.Binding {
        if let result = results[number] { return .text(result) }
        guard let change = byNumber[number], !change.vcenter.isEmpty else { return .anything }
        return .missing(number)
    }

    private var match: ArgumentMatch { ArgumentMatch(binding: { [self] in binding($0) }) }

    private func candidates(for call: PlannedCall) -> [PlannedChange] {
        document.changes.filter { isSame($0, call) }
    }

    private func isSame(_ change: PlannedChange, _ call: PlannedCall) -> Bool {
        change.operation == call.operation && change.vcenter == call.vcenter
            && match.isSame(change.arguments, call.arguments)
    }

    // MARK: The refusal in words

    private func refusal(of call: PlannedCall) -> VSphereError {
        VSphereError(
            .forbiddenByPolicy,
            "it is not in the plan that this run is held to: \(reason(against: call))",
            operation: call.operation,
            hint: "make a new plan with --dry-run --plan-out, and read it before it is applied"
        )
    }

    private func reason(against call: PlannedCall) -> String {
        if let twin = candidates(for: call).last {
            return "change \(twin.number) is used once, and was"
        }
        let same = document.changes.filter { $0.operation == call.operation }
        guard !same.isEmpty else { return "no \(call.operation) is planned" }
        let here = same.filter { $0.vcenter == call.vcenter }
        guard let nearest = here.min(by: { distance($0, call) < distance($1, call) }) else {
            let planned = Set(same.map(\.vcenter)).sorted().map { Display.escape($0) }
            return "it is planned for \(planned.joined(separator: ", ")), and not for this vCenter"
        }
        let place = match.difference(nearest.arguments, call.arguments)
        if let missing = nearest.arguments[place.first ?? ""].flatMap({ match.missing(in: $0) }) {
            return
                "change \(nearest.number) needs the result of change \(missing), which was not made"
        }
        return "change \(nearest.number) has \(shown(nearest.arguments, place)), "
            + "and this call has \(shown(call.arguments, place))"
    }

    private func distance(_ change: PlannedChange, _ call: PlannedCall) -> Int {
        let distance = match.distance(change.arguments, call.arguments)
        return 2 * distance + (used.contains(change.number) ? 1 : 0)
    }

    /// The value at a place of the arguments, for a message; what may be long or secret is only named.
    private func shown(_ arguments: JSONValue, _ place: [String]) -> String {
        let name = Display.escape(place.joined(separator: "."))
        let value = place.reduce(arguments as JSONValue?) { $0?[$1] }
        let label = name == "about" ? "" : name + " "
        guard let value else { return "no \(name)" }
        if place.contains(where: \.namesSecret) { return "another \(name)" }
        switch value {
        case .string(let text):
            let clean = text.withoutTelltaleSecrets
            return label + "\"\(Display.escape(bytes: Array(clean.utf8), limit: 80))\""
        case .boolean, .integer, .double: return label + JSONEncoder().encode(value)
        case .null, .array, .object: return "another \(name)"
        }
    }
}
