internal import LuaHost
internal import Buffers
internal import Changes
internal import VSphere

/// Several calls that make one function: each step starts when the previous one has ended.
///
/// It can be cancelled between the steps and during each.
struct CallSequence {
    let pending: Pending
    let vcenter: VCenter
    /// The function's name in errors.
    let name: String

    var runtime: Runtime { pending.runtime }

    /// Makes one call and goes on with its result; a failure ends the function.
    func call(
        _ operation: VSphere.Operation,
        _ arguments: [Value],
        then next: @escaping (Value?) -> Void
    ) {
        attempt(operation, arguments) { result in
            switch result {
            case .success(let value): next(value)
            case .failure(let error):
                explain(error, about: arguments.first) { runtime.finish(pending, $0) }
            }
        }
    }

    /// Makes one call for a function that is several operations: it goes on with the result, and a failure ends
    /// it under the function's own name.
    func step(
        _ operation: VSphere.Operation,
        _ arguments: [Value],
        then next: @escaping (Value?) -> Void
    ) {
        func go(on result: Swift.Result<Value?, VSphereError>) {
            switch result {
            case .success(let value): next(value)
            case .failure(let error): runtime.finish(pending, named(error))
            }
        }
        operation.isChanging
            ? change(operation, arguments, then: go) : attempt(operation, arguments, then: go)
    }

    /// An error as one of the function itself.
    func named(_ error: VSphereError) -> VSphereError {
        var error = error
        error.hint = error.hint?.replacing(error.operation, with: name)
        error.operation = name
        return error
    }

    /// Waits, in the time of the run, and goes on.
    func pause(_ span: Duration, then next: @escaping () -> Void) {
        guard !pending.isOver else { return }
        runtime.pass(span, pending, name) {
            pending.cancellation = .none
            next()
        }
    }

    /// Makes one call and continues with its result or its failure.
    func attempt(
        _ operation: VSphere.Operation,
        _ arguments: [Value],
        then next: @escaping (Swift.Result<Value?, VSphereError>) -> Void
    ) {
        guard !pending.isOver else { return }
        let request: Call
        do throws(VSphereError) {
            try runtime.checkPolicy(operation.name, isChanging: operation.isChanging)
            request = try Call(operation, arguments)
            if !runtime.isPlanned(request, at: vcenter) {
                try runtime.noteRead(request, arguments, at: vcenter)
            }
        } catch {
            return next(.failure(error))
        }
        guard !runtime.isPlanned(request, at: vcenter) else {
            return plan(request, arguments, then: next)
        }
        let out = ValueBuffer()
        var isDone = false
        let span = runtime.span(of: pending.call)
        let ticket = vcenter.perform(request, into: out, span: span) { error in
            isDone = true
            pending.cancellation = .none
            if let error { return next(.failure(error)) }
            tellPlan(operation, arguments, out.root)
            next(.success(out.root))
        }
        if !isDone { pending.cancellation = .call(ticket) }
    }

    /// Tells the plan of a dry run what a function has read of a library.
    private func tellPlan(_ operation: VSphere.Operation, _ arguments: [Value], _ answer: Value?) {
        guard runtime.configuration.changes == .planned,
            operation === VSphere.Operation.getLibrary, let id = arguments.first?.string,
            let answer
        else { return }
        runtime.changes.plan.note(library: id, answer, at: vcenter)
    }

    /// Ends the function with an error.
    func fail(_ error: VSphereError) {
        var error = error
        error.operation = name
        error.vcenter = vcenter.profile.endpoint.description
        runtime.finish(pending, error)
    }

    /// Ends the function with the result of its last step, or its failure.
    func end(with result: Swift.Result<Value?, VSphereError>) {
        guard !pending.isOver else { return }
        switch result {
        case .failure(let error): runtime.finish(pending, error)
        case .success(let value):
            if let value { pending.call.result.put(value) }
            done()
        }
    }

    /// Ends the function after its result has been written.
    func done() { runtime.finish(pending, nil) }
}
