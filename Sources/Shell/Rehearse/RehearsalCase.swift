/// One case of a rehearsal: what goes wrong, and when.
struct RehearsalCase: Equatable, Sendable {
    enum Point: Hashable, Sendable {
        /// A fault hits the request of this number, from 1, among those of one operation at one vCenter; the vCenter is
        /// empty where the script names none.
        case request(operation: String, vcenter: String, number: Int, fault: String)
        /// The run is killed at a write to the journal.
        case write(KillPoint)
    }

    let point: Point
    /// The item that somebody else changes at that moment, where tasks of a script may ask in another order each time;
    /// nil for the one that the request is about.
    var item: TwinState.Key?
    /// The group, of which a sample keeps at least one case: cases of one group differ only in their number.
    var group: String

    /// Its name: `rollback#3:reset_after_apply`, `getItem@vc2.example.com#1:delay`, `journal.settle#2:kill_before`.
    var name: String {
        switch point {
        case .request(let operation, let vcenter, let number, let fault):
            "\(operation)\(vcenter.isEmpty ? "" : "@")\(vcenter)#\(number):\(fault)"
        case .write(let kill): "\(operation)#\(kill.number):\(fault)"
        }
    }

    /// Makes a case in which a request is hit.
    init(
        operation: String,
        vcenter: String,
        number: Int,
        fault: String,
        item: TwinState.Key? = nil
    ) {
        self.item = item
        point = .request(operation: operation, vcenter: vcenter, number: number, fault: fault)
        group = "\(operation):\(fault)"
    }

    static func == (one: Self, other: Self) -> Bool { one.point == other.point }

    /// Makes a case in which the run is killed.
    init(_ kill: KillPoint) {
        point = .write(kill)
        group = "\(Self.journal)\(kill.word):\(kill.side.rawValue)"
    }

    /// Stands before the word of a write.
    private static let journal = "journal."

    /// Reads a name; nil if it is none.
    init?(_ name: String) {
        guard let sharp = name.lastIndex(of: "#"),
            let colon = name[sharp...].firstIndex(of: ":"),
            let number = Int(name[name.index(after: sharp)..<colon]), number > 0
        else { return nil }
        let place = name[..<sharp]
        let fault = String(name[name.index(after: colon)...])
        if place.hasPrefix(Self.journal) {
            guard
                let side = KillPoint.Side.allCases.first(where: { fault == "kill_\($0.rawValue)" })
            else { return nil }
            let word = String(place.dropFirst(Self.journal.count))
            self.init(KillPoint(word: word, number: number, side: side))
            return
        }
        let parts = place.split(separator: "@", maxSplits: 1).map(String.init)
        guard let operation = parts.first, RehearsalFault.named(fault) != nil else { return nil }
        self.init(
            operation: operation,
            vcenter: parts.count > 1 ? parts[1] : "",
            number: number,
            fault: fault
        )
    }

    /// The fault's name, or `kill_before` and `kill_after`.
    var fault: String {
        switch point {
        case .request(_, _, _, let fault): fault
        case .write(let kill): "kill_\(kill.side.rawValue)"
        }
    }

    /// The operation that is hit, or `journal.` and the word of a write.
    var operation: String {
        switch point {
        case .request(let operation, _, _, _): operation
        case .write(let kill): Self.journal + kill.word
        }
    }
}
