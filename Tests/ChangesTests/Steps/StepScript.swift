import Buffers
import JSON
import Support

@testable import Changes
@testable import VSphere

/// A script with steps, as a value: what it asks for depends on nothing but the answers.
struct StepScript {
    enum Action: Equatable {
        /// Reads that decide nothing, the time, and a random number.
        case read, time, random
        /// Reads the version before the latest; it becomes the result of the step.
        case look
        /// Rolls back to the version that the step before has found.
        case rollback
        /// Rolls back to what it finds itself, which is another version once that is done.
        case rollbackToRead
        /// Rolls back to what is the latest at first: that is refused.
        case rollbackToLatest
        case checkOut
        /// The machine that the step has checked out.
        case checkIn, discard
        case deploy
        /// A machine beside the item; of the last, the one that the step has deployed.
        case power(String), deleteMachine, deleteDeployed
        /// An error of the script's own, in so many first runs.
        case raise(Int)

        var isChange: Bool {
            switch self {
            case .read, .time, .random, .look, .raise: false
            default: true
            }
        }
    }

    struct Move {
        let action: Action
        /// How many times a refused change is asked for.
        var tries = 1
        /// Whether its error is caught, and the step goes on.
        var isCaught = false
    }

    struct Step {
        let name: String
        /// The place of the item that it works on.
        let item: Int
        var moves: [Move]
    }

    /// Stages follow one another; the lanes of a stage run side by side, the steps of a lane in their order.
    var stages: [[[Step]]] = []
    /// Whether the error of a step ends the script after its stage.
    var stopsAtError = false
    /// Items that more than one lane uses at once.
    var shared: Set<Int> = []

    var steps: [Step] { stages.flatMap { $0.flatMap { $0 } } }
    var itemCount: Int { (steps.map(\.item).max() ?? 0) + 1 }
    var changeCount: Int {
        steps.map { $0.moves.filter(\.action.isChange).count }.reduce(0, +)
    }
}

extension StepScript: CustomStringConvertible {
    var description: String {
        let stages = stages.map { stage in
            stage.map { lane in lane.map(\.description).joined(separator: "; ") }
                .joined(separator: " || ")
        }
        return stages.joined(separator: " / ") + (stopsAtError ? ", stops at an error" : "")
    }
}

extension StepScript.Step: CustomStringConvertible {
    var description: String {
        let moves = moves.map { move in
            "\(move.action)" + (move.tries > 1 ? " x\(move.tries)" : "")
                + (move.isCaught ? "?" : "")
        }
        return "\(name)@\(item)[\(moves.joined(separator: ", "))]"
    }
}

extension StepScript {
    /// How many things a script has.
    enum Size: CaseIterable { case small, middle, large }

    /// Makes a script of random shape that ends without an error where nothing goes wrong.
    init(_ size: Size, _ random: inout SeededRandom) {
        let stageCount = size == .small ? 1 : 1 + random.below(2)
        let laneCount = size == .small ? 1 : 1 + random.below(size == .large ? 3 : 2)
        let stepCount = size == .small ? 1 + random.below(2) : 1 + random.below(2)
        stopsAtError = random.below(3) == 0
        var poweredOn: Set<Int> = []
        var deleted: Set<Int> = []
        var number = 0
        for _ in 0..<stageCount {
            var stage: [[Step]] = []
            for lane in 0..<laneCount {
                let isShared = lane > 0 && size == .large && random.below(6) == 0
                if isShared { shared.insert(0) }
                var steps: [Step] = []
                for _ in 0..<stepCount {
                    number += 1
                    let place = isShared ? 0 : lane
                    var step = Step(name: "s\(number)", item: place, moves: [])
                    if random.below(3) == 0 {
                        steps.append(
                            Step(name: "look\(number)", item: place, moves: [.init(action: .look)])
                        )
                        step.moves.append(Self.move(.rollback, &random))
                    } else if random.below(12) == 0 {
                        step.moves.append(Self.move(.rollbackToRead, &random))
                    }
                    for _ in 0..<(1 + random.below(size == .small ? 2 : 3)) {
                        step.moves += Self.moves(place, &poweredOn, &deleted, &random)
                    }
                    if random.below(8) == 0 {
                        let at = random.below(step.moves.count + 1)
                        step.moves.insert(.init(action: .raise(1 + random.below(2))), at: at)
                    }
                    steps.append(step)
                }
                stage.append(steps)
            }
            stages.append(stage)
        }
    }

    private static func move(_ action: Action, _ random: inout SeededRandom) -> Move {
        let isChange = action.isChange
        return Move(
            action: action,
            tries: isChange && random.below(4) == 0 ? 2 + random.below(2) : 1,
            isCaught: isChange && random.below(6) == 0
        )
    }

    /// The moves that belong together.
    private static func moves(
        _ place: Int,
        _ poweredOn: inout Set<Int>,
        _ deleted: inout Set<Int>,
        _ random: inout SeededRandom
    ) -> [Move] {
        let actions: [Action]
        switch random.below(11) {
        case 0: actions = [.read]
        case 1: actions = [.time]
        case 2: actions = [.random]
        case 3, 4: actions = [.checkOut, .checkIn]
        case 5: actions = [.checkOut, .read, .checkIn]
        case 6: actions = [.checkOut, .discard]
        case 7: actions = [.deploy]
        case 8: actions = [.deploy, .time, .deleteDeployed]
        case 9 where deleted.contains(place): actions = [.deploy]
        case 9:
            let isOn = poweredOn.contains(place)
            if isOn { poweredOn.remove(place) } else { poweredOn.insert(place) }
            actions = [.power(isOn ? "stop" : "start")]
        default:
            guard !deleted.contains(place), !poweredOn.contains(place) else {
                return [.init(action: .read)]
            }
            deleted.insert(place)
            actions = [.deleteMachine]
        }
        return actions.map { move($0, &random) }
    }
}

/// The call of a move, made of what its step knows.
struct StepCall {
    let operation: VSphere.Operation
    /// Tells it in the vCenter's record from all others that the script does not repeat.
    let key: String
    private let texts: [String]
    private let isNamed: Bool

    /// - Returns: Nil where there is nothing to do: what it is about was not made.
    init?(_ action: StepScript.Action, item place: Int, label: String, _ known: StepMemory) {
        let item = "item-\(place + 1)"
        let machine = "vm-\(place * 100 + 5)"
        isNamed = action == .checkOut || action == .deploy
        switch action {
        case .rollback, .rollbackToRead:
            (operation, key) = (.rollback, label)
            texts = [item, known.previous ?? "", label]
        case .rollbackToLatest:
            (operation, key) = (.rollback, label)
            texts = [item, "2", label]
        case .checkOut:
            (operation, key) = (.checkOut, label)
            texts = [item]
        case .deploy:
            (operation, key) = (.deploy, label)
            texts = [item]
        case .checkIn:
            guard let vm = known.checkOut else { return nil }
            (operation, key) = (.checkIn, label)
            texts = [item, vm, label]
        case .discard:
            guard let vm = known.checkOut else { return nil }
            (operation, key) = (.deleteCheckOut, "DELETE \(vm)")
            texts = [item, vm]
        case .power(let action):
            (operation, key) = (.setPower, "\(action) \(machine)")
            texts = [machine, action]
        case .deleteMachine:
            (operation, key) = (.deleteVM, "DELETE \(machine)")
            texts = [machine]
        case .deleteDeployed:
            guard let vm = known.deployed else { return nil }
            (operation, key) = (.deleteVM, "DELETE \(vm)")
            texts = [vm]
        case .read, .time, .random, .look, .raise: return nil
        }
    }

    var arguments: ValueBuffer {
        let buffer = ValueBuffer()
        for text in texts { buffer.put(text) }
        if isNamed { buffer.put(JSONValue.object([.init("name", .string("\(key)-{op}"))])) }
        return buffer
    }
}

/// The results that a step has so far.
struct StepMemory {
    var previous: String?
    var checkOut: String?
    var deployed: String?
    var results: [String] = []
}

extension FakeVCenter.Asked {
    /// The same key, from what was really sent.
    var key: String {
        if let message { return message.split(separator: " ").last.map(String.init) ?? "" }
        if let name { return name.split(separator: "-").first.map(String.init) ?? "" }
        if line[0] == "DELETE" { return "DELETE \(line.last ?? "")" }
        return "\(line.last ?? "") \(line.count > 2 ? line[2] : "")"
    }
}
