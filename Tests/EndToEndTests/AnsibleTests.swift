import JSON
import Support
import Testing

/// Ansible's modules for vCenter against the simulator: a client that others wrote.
@Suite struct AnsibleTests {
    @Test(.enabled("Ansible and vmware.vmware_rest come from PyPI") { Ansible.obstacle == nil })
    func `a playbook deploys a machine, sets its hardware, waits for its guest and deletes it`()
        throws
    {
        let simulator = try SimulatorProcess()
        let folder = TestFolder()
        let python = Ansible.programs + "/python"
        let run = try ProgramRun.shell(
            """
            ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_HOME='\(folder.path)' \
            '\(Ansible.programs)/ansible-playbook' -i localhost, \
            -e server='\(simulator.url.dropFirst("https://".count))' \
            -e user='\(simulator.user)' -e password='\(simulator.password)' \
            -e ansible_python_interpreter='\(python)' '\(projectRoot)/Tests/ansible/playbook.yml' 2>&1
            """,
            within: 300
        )
        #expect(run.status == 0, "\(run.output.suffix(2000))")
        let requests = try simulator.requests()
        // It logs in at /rest, and calls /api with that session.
        let logIns = requests.filter { $0["operation"] == "createSession" }
        #expect(!logIns.isEmpty)
        #expect(logIns.allSatisfy { $0["path"] == "/rest/com/vmware/cis/session" })
        let others = requests.filter { $0["operation"] != "createSession" }
        #expect(others.allSatisfy { $0["path"]?.string?.hasPrefix("/api/") == true })
        let used = Set(others.compactMap { $0["operation"]?.string })
        let wanted: Set = [
            "listDatacenters", "listClusters", "listHosts", "listDatastores", "listNetworks",
            "listFolders", "listResourcePools", "listLibraries", "getLocalLibrary", "getItem",
            "deploy", "setHardware", "getHardware", "customize", "setPower", "getTools",
            "getGuest", "listVMs", "getVMItem", "shutdownGuest", "getPower", "deleteVM",
        ]
        #expect(wanted.subtracting(used).isEmpty, "\(used)")
        let machines = try simulator.state()["machines"]?.array ?? []
        #expect(!machines.contains { $0["name"] == "from-ansible" })
    }
}
