internal import Posix
internal import VSphere

extension Subcommand {
    /// `vmoon snapshot`: writes the inventory of a vCenter, for a twin.
    static let snapshot = Subcommand(
        "snapshot",
        operands: "FILE",
        count: 1...1,
        summary: "Write down a vCenter, for a twin.",
        flags: [
            Flag(
                .limit,
                "limit",
                .count(1...1000),
                "N",
                in: .limits,
                "Most requests in flight to one vCenter.",
                detail:
                    "It begins with \(ConnectionProfile.usualRequestLimit), and asks for more while answers take no longer.",
                default: .count(Pace.usualMost),
                profileKey: "limit"
            ),
            Flag(
                .libraries,
                "library",
                .text,
                "NAME",
                in: .output,
                "Read this library only; may be repeated.",
                detail: "Machines, places and tags are read in any case.",
                isRepeatable: true
            ),
            Flag(
                .mask,
                "mask",
                in: .output,
                "Replace hosts, users, names and identifiers, consistently.",
                detail: "Messages too. Times, sizes and the words of the API stay."
            ),
        ]
    ) { invocation, operands, world in
        SnapshotCommand.start(invocation, operands[0], &world)
    }
}

/// The preparation of `vmoon snapshot`: the file, and the connection.
enum SnapshotCommand {
    static func start(_ invocation: Invocation, _ path: String, _ world: inout World) {
        guard path != "-" else {
            return world.fail(
                "an inventory is written to a file, which appears when it is whole; name one",
                .usage
            )
        }
        do throws(PosixError) {
            try world.checkOurs(path, "replace") {
                $0.starts(with: SnapshotDocument.beginning.utf8)
            }
        } catch {
            return world.fail(
                "\(error.description); name a new file, or one that a snapshot wrote",
                .cannotCreateState
            )
        }
        let surroundings = world
        do throws(SettingsError) {
            let settings = try Settings(invocation, world: &world) { text, name in
                ConfigurationScript.load(text, name, within: .seconds(5), surroundings)
            }
            let connection = try settings.connectionForLooking(
                at: nil,
                profile: invocation[.profile]?.text
            )
            for warning in connection.warnings { world.warn(warning) }
            SnapshotRun(
                path,
                connection.profile,
                libraries: invocation[.libraries]?.texts ?? [],
                isMasked: invocation[.mask] != nil,
                world
            ).start()
        } catch {
            world.fail(error.description, error.exitCode)
        }
    }
}
