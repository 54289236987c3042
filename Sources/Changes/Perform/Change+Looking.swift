internal import Buffers
internal import Journal
internal import Text
internal import VSphere

/// The reads before anything is sent.
extension Change {
    var now: Int64 { changes.loop.wallTime }

    /// The deadline of a request that is sent now.
    func deadline() -> Int64 { now + vcenter.profile.operationTimeout.wholeMilliseconds }

    /// Looks what has the name already, where no mark in it will be proof.
    ///
    /// The answer tells the server's time as well: without it nobody could give the change up for lost.
    func readName(_ intent: ChangeIntent) {
        guard !intent.isNameMarked || vcenter.serverTime == nil else {
            return proceed()
        }
        reader.readNamed(for: intent) { [self] part in
            // A failed read does not stop the change: it is only harder to settle.
            record.namedBefore = part.content
            proceed()
        }
    }

    func read() {
        switch record.intent?.kind {
        case .deleteVM: readMachine()
        case let kind? where kind.power != nil: readPower(unless: kind.power)
        case .deleteItem: readExistence()
        case let kind? where kind.scope == .item: readItem()
        case let kind? where kind.scope == .settings: readSettings()
        case let kind? where kind.scope == .name: record.intent.map(readName)
        default: proceed()
        }
    }

    /// Reads whether the machine exists, and the item it is checked out of: a machine that is checked in later
    /// looks as if it were deleted.
    private func readMachine() {
        let vm = record.vm ?? ""
        reader.ask([.init(.getVM, vm), .init(.getVMItem, vm)]) { [self] answers in
            if case .failure(let error) = answers[0], error.kind == .notFound {
                return refuse(error)
            }
            // A failed read does not stop the change: it is only harder to settle.
            record.holder = vm
            guard case .success(let origin) = answers[1],
                let item = origin?["check_out"]?["library_item"]?.string
            else { return proceed() }
            record.item = item
            readItem()
        }
    }

    /// Reads whether the machine has another power state than the requested one: a later refusal because it
    /// already has that state then means that somebody, or a request of ours, has switched it.
    private func readPower(unless wanted: String?) {
        let vm = record.vm ?? ""
        reader.ask([.init(.getPower, vm)]) { [self] answers in
            if case .failure(let error) = answers[0], error.kind == .notFound {
                return refuse(error)
            }
            let power = Observation.machine(answers[0]).content?.power
            held?.seen.power = power
            if power != wanted { record.holder = vm }
            proceed()
        }
    }

    /// Reads whether the object is as wanted.
    ///
    /// Then nothing is sent, since a request that is lost might come later, and undo what was set meanwhile. If it is not, a
    /// refusal is looked at. What does not have a tag may not exist: a detachment is sent, and the vCenter says so.
    private func readSettings() {
        guard let intent = record.intent else { return proceed() }
        reader.ask([reader.settings(of: intent)]) { [self] answers in
            if case .failure(let error) = answers[0], error.kind == .notFound {
                return refuse(error)
            }
            let seen = Observation.settings(answers[0], of: intent)
            isSo = seen == .read(true) && intent.kind != .detachTag
            if seen == .read(false) { record.holder = intent.vm ?? intent.item }
            proceed()
        }
    }

    /// The writes of the intent; where everything is so already, its outcome too: at no time is there a doubt then.
    func intentWrites(under fence: HeldClaim?) -> [JournalWrite] {
        let intent = JournalWrite.intend(record, under: fence)
        guard isSo else { return [intent] }
        let verdict = ChangeVerdict.done(result: nil, supersededBy: nil)
        let settlement = Settlement(of: verdict, record.intent?.kind, after: nil, time: now)
        return [intent, .settle(operation: record.identifier, settlement)]
    }

    /// Looks whether the item is there: a refusal of one that was is looked at.
    private func readExistence() {
        reader.ask([.init(.getItem, record.item)]) { [self] answers in
            switch answers[0] {
            case .success(let item): record.latestBefore = item?["content_version"]?.string ?? ""
            case .failure(let error) where error.kind == .notFound: return refuse(error)
            // A failed read refuses nothing: the change is only harder to settle.
            case .failure: break
            }
            proceed()
        }
    }

    private func readItem() {
        let item = record.item
        reader.ask([
            .init(.getItem, item), .init(.listVersions, item), .init(.listCheckOuts, item),
            .init(.listChanges, item),
        ]) { [self] answers in
            do throws(VSphereError) {
                let state = try Observation.state(answers)
                let history = try Observation.historyBefore(answers[3])
                if let expectedLatest, expectedLatest != state.latest {
                    throw .latestIsNot(expectedLatest, but: state.latest)
                }
                record.pin(state, history: history)
                held?.seen.item = state
                held?.seen.history = history
                try refuseCheckedIn(state, history)
            } catch {
                return refuse(error)
            }
            proceed()
        }
    }

    /// Refuses to discard a machine that somebody has checked in: that would have lost a version.
    private func refuseCheckedIn(
        _ state: Observation.State,
        _ history: [Observation.Change]
    ) throws(VSphereError) {
        guard record.intent?.kind == .deleteCheckOut, record.holder == nil, let vm = record.vm,
            let version = state.version(heldBy: vm)?.identifier
        else { return }
        throw .checkedIn(version, history.first { $0.version == version }, record)
    }
}
