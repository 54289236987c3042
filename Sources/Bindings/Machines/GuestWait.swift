internal import Buffers
internal import Changes
internal import JSON
internal import LuaHost
internal import Text
internal import Transport
internal import VSphere

/// The waiting of a script for a machine: it asks again and again, less and less often, until it is so or too late.
final class GuestWait {
    static let states = ["POWERED_ON", "POWERED_OFF", "SUSPENDED"]
    static let timeout =
        "timeout: how long at most, in seconds or as 90s, 10m (10m); then kind timeout, with the last "
        + "value as data"
    private static let usualLimit = Duration.seconds(600)
    private static let firstPause = Duration.milliseconds(250)
    private static let longestPause = Duration.seconds(5)

    private let steps: CallSequence
    private let machine: Value
    private let limit: Duration
    private let began: Duration
    private var pause = firstPause
    /// The last answer, and what it says.
    private var last: (value: JSONValue, words: String) = (.null, "it has not answered")
    private var isLate = false

    init(_ steps: CallSequence, _ machine: Value, limit: Duration?) {
        self.steps = steps
        self.machine = machine
        self.limit = limit ?? Self.usualLimit
        began = steps.runtime.waitingTime
    }

    private var runtime: Runtime { steps.runtime }

    /// Waits for a state of power.
    func forPower(_ wanted: String) {
        ask(.getPower) { [self] result in
            guard case .success(let power) = result else { return fail(result) }
            let state = power?["state"]?.string ?? ""
            // What is only planned comes at once, or is not known.
            if state == wanted || runtime.isPlaceholder(state) {
                steps.pending.call.result.put(wanted)
                return steps.done()
            }
            again(.string(state), "it is \(Display.escape(state))") { self.forPower(wanted) }
        }
    }

    /// Waits for tools and an address.
    func forGuest(tools: Bool, address: Bool) {
        let vm = machine.string ?? ""
        guard !runtime.isOnlyPlanned(vm, at: steps.vcenter) else { return planned() }
        ask(.getTools) { [self] result in
            var state: String?
            switch result {
            case .success(let tools): state = tools?["run_state"]?.string
            case .failure(let error) where error.kind == .noSuchRoute: break
            case .failure: return fail(result)
            }
            func again(_ last: JSONValue, _ what: String) {
                self.again(last, what) { self.forGuest(tools: tools, address: address) }
            }
            guard state != "NOT_RUNNING" else {
                guard tools || address else { return end(nil) }
                return again(.string(state ?? ""), "its tools do not run")
            }
            guard !tools || state == nil || state == "RUNNING" else {
                return again(.string(state ?? ""), "its tools are \(Display.escape(state ?? ""))")
            }
            ask(.getGuest) { [self] result in
                switch result {
                case .success(let guest):
                    let found = guest?["ip_address"]?.string ?? ""
                    guard address, found.isEmpty else { return end(guest) }
                    again(guest.map { JSONValue($0) } ?? .null, "it has no address")
                // Its tools have begun to run, and have told nothing yet.
                case .failure(let error) where error.kind == .serviceUnavailable:
                    guard address else { return end(nil) }
                    again(.null, "its operating system has told nothing of itself")
                case .failure: fail(result)
                }
            }
        }
    }

    /// Asks once; an answer that does not come in time is not waited for.
    private func ask(
        _ operation: VSphere.Operation,
        then next: @escaping (Swift.Result<Value?, VSphereError>) -> Void
    ) {
        guard !steps.pending.isOver else { return }
        // The last look has a little time too.
        let left = max(limit - (runtime.waitingTime - began), Self.firstPause)
        let timer = runtime.multi.after(left) { [self] in
            guard !steps.pending.isOver else { return }
            isLate = true
            if case .call(let ticket) = steps.pending.cancellation { ticket.vcenter.cancel(ticket) }
            endLate()
        }
        steps.attempt(operation, [machine]) { [self] result in
            guard !isLate else { return }
            runtime.multi.cancel(timer)
            next(result)
        }
    }

    private func fail(_ result: Swift.Result<Value?, VSphereError>) {
        guard case .failure(let error) = result else { return }
        runtime.finish(steps.pending, steps.named(error))
    }

    private func end(_ guest: Value?) {
        if let guest {
            steps.pending.call.result.put(guest)
        } else {
            steps.pending.call.result.putNil()
        }
        steps.done()
    }

    /// Ends in a dry run: a machine that is only planned, or to be switched, has no guest that could be asked.
    private func planned() {
        do throws(VSphereError) {
            steps.plan(try Call(.getGuest, [machine]), [machine]) { [steps] in steps.end(with: $0) }
        } catch {
            runtime.finish(steps.pending, error)
        }
    }

    /// Asks once more, later; or ends, where it is too late.
    private func again(_ last: JSONValue, _ what: String, _ ask: @escaping () -> Void) {
        let left = limit - (runtime.waitingTime - began)
        self.last = (last, what)
        guard left > .zero else { return endLate() }
        let span = min(pause, left)
        pause = min(pause * 2, Self.longestPause)
        steps.pause(span, then: ask)
    }

    private func endLate() {
        var error = VSphereError(
            .timeout,
            "\(last.words) after \(SpanText.spelled(limit))",
            operation: steps.name
        )
        error.subject = "vm " + Display.escape(machine.string ?? "")
        error.vcenter = steps.vcenter.profile.endpoint.description
        error.data = last.value
        runtime.finish(steps.pending, error)
    }
}

extension Runtime {
    /// Starts a wait for a machine.
    /// - Parameters:
    ///   - name: The function.
    ///   - place: Where its options are.
    ///   - known: Their names.
    ///   - call: The call.
    ///   - body: Reads the other arguments, and gives back what starts it.
    /// - Returns: The verdict of the call.
    func wait(
        _ name: String,
        options place: Int,
        _ known: [String],
        _ call: HostCall,
        _ body: @escaping (GuestWait, Arguments) throws(VSphereError) -> () -> Void
    ) -> Verdict {
        withMachine(name, call) { steps, machine in
            let isMethod = call.arguments.values.first?.object != nil
            let arguments = Arguments(
                Array(call.arguments.values.dropFirst(isMethod ? 1 : 0)),
                of: name
            )
            do throws(VSphereError) {
                let options = try arguments.options(place, known: known)
                let limit = try arguments.span(options?["timeout"], "options.timeout")
                try body(GuestWait(steps, machine, limit: limit), arguments)()
            } catch {
                finish(steps.pending, error)
            }
        }
    }

    /// Tells whether a text stands for what is only planned.
    func isPlaceholder(_ text: String) -> Bool {
        configuration.changes == .planned && Placeholder.isIn(text)
    }

    /// Tells whether in a dry run a machine is not as the vCenter has it: it is only planned, or switched by the plan.
    func isOnlyPlanned(_ vm: String, at vcenter: VCenter) -> Bool {
        guard configuration.changes == .planned else { return false }
        return Placeholder.isIn(vm) || changes.plan.power(of: vm, at: vcenter) != nil
    }
}

extension Arguments {
    /// A length of time: a number of seconds, or a text such as `90s`; nil where it is left out.
    func span(_ value: Value?, _ name: String) throws(VSphereError) -> Duration? {
        guard let value, !value.isAbsent else { return nil }
        if let seconds = value.number, seconds > 0, seconds < 1e9 { return .seconds(seconds) }
        if let text = value.string {
            do throws(QuantityProblem) { return try SpanText.parse(text) } catch {
                throw misuse("\(name): \(error.reason)", hint: error.hint)
            }
        }
        throw misuse("\(name) must be a number of seconds, or a text such as 90s or 10m")
    }
}
