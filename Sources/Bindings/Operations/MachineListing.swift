internal import LuaHost
internal import Buffers
internal import VSphere

/// `listVMs` for a vCenter with more machines than it returns in one list: it asks host by host,
/// for a large host folder by folder, and joins the answers.
///
/// A machine may have no host, and an account may not see the host that it has. So every folder is
/// asked as well; for a folder that is too long for one list, the log says that this was not possible.
final class MachineListing {
    private let pending: Pending
    private let vcenter: VCenter
    /// The filter that the script gave.
    private let filter: Value?
    /// The error to raise if there is nothing left to split.
    private let refusal: VSphereError
    private var tickets: [PendingCall] = []
    /// How many answers are still to come.
    private var missing = 0
    private var folders: [String] = []
    private var hasHosts = false
    private var lists: [ValueBuffer] = []
    /// The number of folders whose machines were found only by their hosts.
    private var longFolders = 0

    /// Makes one, for a call that was refused.
    /// - Returns: Nil where it was refused for something else, or hosts are named already.
    init?(_ refusal: VSphereError, _ pending: Pending) {
        guard refusal.isTooManyMatches, case .call(let ticket) = pending.cancellation,
            ticket.call.operation === VSphere.Operation.listVMs
        else { return nil }
        filter = ticket.call.argument(0)
        guard filter?["hosts"] == nil else { return nil }
        self.refusal = refusal
        self.pending = pending
        vcenter = ticket.vcenter
    }

    /// Asks for the hosts and the folders, then for the machines of each.
    func start() {
        pending.cancellation = .other { [self] in
            end(VSphereError(.cancelled, "given up before all answers came"))
        }
        var hosts: [String] = []
        var parts = 2
        func found() {
            parts -= 1
            if parts == 0 { list(hosts) }
        }
        if let named = filter?["folders"] {
            let values = named.kind == .array ? Array(named.elements) : [named]
            folders = values.compactMap(\.string)
            parts = 1
        } else {
            let type = ValueBuffer.values { out in
                out.putRecord {
                    out.put("type")
                    out.put("VIRTUAL_MACHINE")
                    return 1
                }
            }
            ask(.listFolders, type) { [self] rows in
                folders = rows.compactMap { $0["folder"]?.string }
                found()
            }
        }
        ask(.listHosts, []) { rows in
            hosts = rows.compactMap { $0["host"]?.string }
            found()
        }
    }

    private func list(_ hosts: [String]) {
        hasHosts = !hosts.isEmpty
        for host in hosts {
            list([("hosts", host)]) { [self] in
                guard !folders.isEmpty else { return end(refusal) }
                for folder in folders {
                    list([("hosts", host), ("folders", folder)]) { [self] in end(refusal) }
                }
            }
        }
        for folder in folders { list([("folders", folder)]) { [self] in longFolders += 1 } }
        if missing == 0 { end(refusal) }
    }

    /// Asks for the machines in a place; calls `split` if there are too many.
    private func list(_ place: [(name: String, id: String)], split: @escaping () -> Void) {
        let narrowed = ValueBuffer.values { out in
            out.putRecord {
                var count = place.count
                if let filter {
                    for (key, value) in filter.fields
                    where !place.contains(where: { $0.name == key.string }) {
                        out.put(key)
                        out.put(value)
                        count += 1
                    }
                }
                for (name, id) in place {
                    out.put(name)
                    out.putArray {
                        out.put(id)
                        return 1
                    }
                }
                return count
            }
        }
        ask(.listVMs, narrowed, otherwise: split) { _ in }
    }

    /// Makes one call; its answer is kept if it is a list of machines.
    private func ask(
        _ operation: VSphere.Operation,
        _ arguments: [Value],
        otherwise split: (() -> Void)? = nil,
        then next: @escaping ([Value]) -> Void
    ) {
        guard !pending.isOver else { return }
        let call: Call
        do throws(VSphereError) {
            call = try Call(operation, arguments)
        } catch {
            return end(error)
        }
        missing += 1
        let rows = ValueBuffer()
        tickets.append(
            vcenter.perform(call, into: rows, span: pending.runtime.span(of: pending.call)) {
                [self] error in
                guard !pending.isOver else { return }
                missing -= 1
                switch error {
                case let error? where error.isTooManyMatches && split != nil: split?()
                case let error?: return end(error)
                case nil:
                    if operation === VSphere.Operation.listVMs { lists.append(rows) }
                    next(rows.root.map { Array($0.elements) } ?? [])
                }
                if missing == 0, !pending.isOver { join() }
            }
        )
    }

    private func join() {
        guard !lists.isEmpty, hasHosts || longFolders == 0 else { return end(refusal) }
        let result = pending.call.result
        var seen: Set<String> = []
        result.putArray {
            for machine in lists.lazy.compactMap(\.root).flatMap(\.elements)
            where seen.insert(machine["vm"]?.string ?? "").inserted {
                result.put(machine)
            }
            return seen.count
        }
        if longFolders > 0 {
            vcenter.notice?(
                "listVMs: folders with more machines than one list holds: \(longFolders); a machine "
                    + "there without a host that the account may see is not in the list"
            )
        }
        end(nil)
    }

    /// Gives the call its verdict; answers that are still to come are ignored.
    private func end(_ error: VSphereError?) {
        guard !pending.isOver else { return }
        pending.runtime.finish(pending, error)
        let left = tickets
        tickets = []
        for ticket in left { vcenter.cancel(ticket) }
    }
}
