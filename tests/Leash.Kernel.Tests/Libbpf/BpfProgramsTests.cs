using System.Diagnostics;
using Leash.Bpf.Abi;
using Leash.Bpf.Probing;
using Leash.Bpf.Programs;
using Leash.Interop;
using Leash.Interop.Libbpf;

namespace Leash.Kernel.Tests.Libbpf;

public sealed class BpfProgramsTests : IDisposable
{
    private const string ChildVariable = "LEASH_TEST_ADOPT";
    private static readonly ProgramComponent s_test = new("test", "leash_test.bpf.o", null);

    private readonly string _name = $"leash-test-{Guid.NewGuid():N}";
    private readonly TemporaryCgroup _cgroup = new();

    public void Dispose()
    {
        _cgroup.Dispose();
        using var programs = BpfPrograms.Start([s_test], _name);
        programs.RemoveUnused();
        Assert.False(Directory.Exists(programs.Directory));
    }

    [Fact]
    public void Session_IsAdoptedByASecondProcess_AndItsEndRemovesEverything()
    {
        uint mapId;
        string directory;
        using (var programs = BpfPrograms.Start([s_test], _name))
        using (var session = programs.CreateSession(_cgroup.Descriptor, 65536))
        {
            session.SetPlan(new byte[2 << 15]);
            session.Register(new LeashSession { flags = SessionFlags.Files }, _cgroup.Descriptor);
            (mapId, directory) = (programs.Map("leash_sessions").Id, programs.Directory);
        }

        RunChild();

        Assert.False(Directory.Exists(directory));
        Assert.True(SpinWait.SpinUntil(() => IsGone(mapId), TimeSpan.FromSeconds(10)));
    }

    /// <summary>The second process of the test above; by itself it does nothing.</summary>
    [Fact]
    public void Child_AdoptsAndEnds()
    {
        if (Environment.GetEnvironmentVariable(ChildVariable) is not { } name)
        {
            return;
        }

        using var programs = BpfPrograms.Start([s_test], name);
        SessionPlace place = Assert.Single(programs.ListSessions());
        using var session = programs.AdoptSession(place);
        LeashSession state = Assert.NotNull(session.State);
        Assert.Equal((place.Slot, place.Cgroup, SessionFlags.Files), (state.slot, state.cgroup, state.flags));
        session.SetPending(new byte[1 << 15]);
        session.CommitPending();
        session.AwaitPrograms();
        session.End();
    }

    [Fact]
    public void Sessions_HaveSlotsOfTheirOwn_AndTheLastOneRemovesThePrograms()
    {
        using TemporaryCgroup other = new();
        using var programs = BpfPrograms.Start([s_test], _name);
        using var first = programs.CreateSession(_cgroup.Descriptor, 65536);
        using var second = programs.CreateSession(other.Descriptor, 65536);

        Assert.NotEqual(first.Slot, second.Slot);
        first.End();
        Assert.True(Directory.Exists(programs.Directory));
        second.End();
        Assert.False(Directory.Exists(programs.Directory));
    }

    [Fact]
    public void Start_ThatFails_LeavesNothing()
    {
        if (BpfProbe.Missing(HookKind.Lsm) is null)
        {
            Assert.Skip("this kernel refuses nothing");
        }

        Assert.Throws<BpfStartException>(() => BpfPrograms.Start([s_test, ProgramComponent.Files(HookKind.Lsm)], _name));
        Assert.False(Directory.Exists(Path.Join(BpfFilesystem.FindOrMount(), _name)));
    }

    [Fact]
    public void KeptPrograms_OutliveTheLastSession()
    {
        using var programs = BpfPrograms.Start([s_test], _name);
        using (var session = programs.CreateSession(_cgroup.Descriptor, 65536))
        {
            programs.Keep();
            session.End();
        }

        uint before = programs.Map("leash_sessions").Id;
        using (var next = BpfPrograms.Start([s_test], _name))
        {
            Assert.Equal(before, next.Map("leash_sessions").Id);
            next.RemoveUnused();
        }

        Assert.True(Directory.Exists(programs.Directory));
        programs.LetGo();
        Assert.False(Directory.Exists(programs.Directory));
    }

    [Fact]
    public void WhoeverKeptPrograms_AndIsGone_KeepsThemNoLonger()
    {
        using var programs = BpfPrograms.Start([s_test], _name);
        Directory.CreateDirectory(Path.Join(programs.Directory, "keepers", $"{Environment.ProcessId}-1"));
        programs.RemoveUnused();
        Assert.False(Directory.Exists(programs.Directory));
    }

    [Fact]
    public void Start_RemovesSessionsWhoseCgroupIsGone()
    {
        using (TemporaryCgroup gone = new())
        using (var before = BpfPrograms.Start([s_test], _name))
        using (var session = before.CreateSession(gone.Descriptor, 65536))
        {
            session.Register(default, gone.Descriptor);

            // Starts of other tests remove what nobody uses.
            before.Keep();
        }

        using var programs = BpfPrograms.Start([s_test], _name);
        SessionPlace place = LoseOwner(programs); // who may still read what it left
        using (var held = programs.AdoptSession(place))
        {
            BpfPrograms.Start([s_test], _name).Dispose();
            Assert.Equal(place, Assert.Single(programs.ListSessions()));
        }

        Directory.Delete(Path.Join(programs.Directory, "sessions", place.ToString(), ProcessStart.OfThis().ToString()));
        BpfPrograms.Start([s_test], _name).Dispose();

        Assert.Empty(programs.ListSessions());
        Assert.Empty(programs.Map("leash_sessions").Keys<ulong>());
        programs.LetGo();
    }

    [Fact]
    public void End_OfASessionThatWasRemoved_LeavesItsSlotToTheNext()
    {
        using var programs = BpfPrograms.Start([s_test], _name);
        using TemporaryCgroup other = new();
        using var removed = programs.CreateSession(_cgroup.Descriptor, 65536);
        Directory.Delete(Directory.GetDirectories(Path.Join(programs.Directory, "sessions")).Single(), recursive: true);
        using var next = programs.CreateSession(other.Descriptor, 65536);
        Assert.Equal(removed.Slot, next.Slot);

        removed.End();
        Assert.True(programs.Map("leash_rings").TryLookup(next.Slot, out uint _));
        next.End();
        Assert.False(Directory.Exists(programs.Directory));
    }

    [Fact]
    public void Start_KeepsSessionsWhoseProcessesLive()
    {
        // Its loader, who owns it, is gone; what runs in it is not.
        using (var before = BpfPrograms.Start([s_test], _name))
        using (var session = before.CreateSession(_cgroup.Descriptor, 65536))
        {
            session.Register(default, _cgroup.Descriptor);
        }

        using var sleeper = System.Diagnostics.Process.Start("/bin/sh", ["-c", $"echo 0 > {_cgroup.Path}/cgroup.procs; exec sleep 600"]);
        Assert.True(SpinWait.SpinUntil(() => File.ReadAllText(Path.Join(_cgroup.Path, "cgroup.procs")).Length > 0, TimeSpan.FromSeconds(30)));
        try
        {
            using var programs = BpfPrograms.Open(Path.Join("/sys/fs/bpf", _name));
            SessionPlace place = LoseOwner(programs);
            BpfPrograms.Start([s_test], _name).Dispose();
            Assert.Equal(place, Assert.Single(programs.ListSessions()));
            using var adopted = programs.AdoptSession(place);
            adopted.End();
        }
        finally
        {
            sleeper.Kill();
            sleeper.WaitForExit();
        }
    }

    [Fact]
    public void Start_CompletesWhatACrashLeftIncomplete()
    {
        using (var before = BpfPrograms.Start([s_test], _name))
        using (var session = before.CreateSession(_cgroup.Descriptor, 65536))
        {
            File.Delete(Path.Combine(before.Directory, "test", "leash_nothing"));
        }

        using var programs = BpfPrograms.Start([s_test], _name);

        Assert.True(File.Exists(Path.Combine(programs.Directory, "test", "leash_nothing")));
        using var adopted = programs.AdoptSession(Assert.Single(programs.ListSessions()));
        adopted.End();
    }

    [Fact]
    public void Load_ThatFails_LeavesNoPinsBehind_WhereOthersKeepTheDirectory()
    {
        using var programs = BpfPrograms.Start([s_test], _name);
        programs.Keep();
        ComponentPins loader = new(new PinDirectory(programs.Directory));
        using (StartLock held = StartLock.Take())
        {
            LoadWhereAPinIs(programs.Directory, loader);
        }

        programs.LetGo();
    }

    private static void LoadWhereAPinIs(string directory, ComponentPins loader)
    {
        // A pin in its place: everything is loaded and pinned before the load fails.
        ProgramComponent blocked = s_test with { Name = "blocked" };
        using (BpfMap map = BpfMap.OpenPinned(Path.Combine(directory, "maps", "leash_sessions")))
        {
            map.Pin(Path.Combine(directory, blocked.Name));
        }

        Assert.ThrowsAny<IOException>(() => loader.Load(blocked));

        Assert.True(loader.IsComplete(s_test));
        Assert.Empty(Directory.GetDirectories(directory, "*-new"));
        File.Delete(Path.Combine(directory, blocked.Name));
        loader.Load(blocked);
        Assert.True(loader.IsComplete(blocked));
    }

    [Fact]
    public void Load_ThatTheKernelRefuses_LeavesNoPinsBehind()
    {
        if (BpfProbe.Missing(HookKind.Lsm) is null)
        {
            Assert.Skip("this kernel refuses nothing");
        }

        using var programs = BpfPrograms.Start([s_test], _name);
        programs.Keep();

        using (StartLock held = StartLock.Take())
        {
            ComponentPins loader = new(new PinDirectory(programs.Directory));
            Assert.Throws<LibbpfException>(() => loader.Load(ProgramComponent.Files(HookKind.Lsm)));
            Assert.Empty(Directory.GetDirectories(programs.Directory, "*-new"));
        }

        programs.LetGo();
    }

    [Fact]
    public void Start_RemovesWhatALoadLeftThatWasKilled()
    {
        using var before = BpfPrograms.Start([s_test], _name);
        before.Keep();
        string left = Path.Combine(before.Directory, "files-lsm-new");
        using (StartLock held = StartLock.Take())
        using (BpfMap map = BpfMap.OpenPinned(Path.Combine(before.Directory, "maps", "leash_sessions")))
        {
            Directory.CreateDirectory(left);
            map.Pin(Path.Combine(left, "leash_file_open"));
        }

        using var programs = BpfPrograms.Start([s_test], _name);

        Assert.False(Directory.Exists(left));
        Assert.True(Directory.Exists(Path.Combine(before.Directory, "test")));
        programs.LetGo();
    }

    [Fact]
    public async Task ConcurrentStarts_ShareTheMaps()
    {
        BpfPrograms[] all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => BpfPrograms.Start([s_test], _name))));

        Assert.Single(all.Select(p => p.Map("leash_sessions").Id).Distinct());
        foreach (BpfPrograms programs in all)
        {
            programs.Dispose();
        }
    }

    [Fact]
    public void Counters_AreSummedAndClearedForTheNextSession()
    {
        using var programs = BpfPrograms.Start([s_test], _name);
        using var session = programs.CreateSession(_cgroup.Descriptor, 65536);
        ulong[] totals = new ulong[32];
        totals[0] = 7;

        session.ReadCounters(totals);

        Assert.All(totals, t => Assert.Equal(0UL, t));
        session.End();
    }

    private static bool IsGone(uint mapId)
    {
        int descriptor = LibbpfCalls.bpf_map_get_fd_by_id(mapId);
        Interop.Kernel.Close(descriptor);
        return descriptor == -Errno.ENOENT;
    }

    // As if the process of its number were another one by now.
    private static SessionPlace LoseOwner(BpfPrograms programs)
    {
        SessionPlace place = Assert.Single(programs.ListSessions());
        SessionPlace lost = place with { Owner = place.Owner with { Time = 1 } };
        string sessions = Path.Join(programs.Directory, "sessions");
        Directory.Move(Path.Join(sessions, place.ToString()), Path.Join(sessions, lost.ToString()));
        return lost;
    }

    private void RunChild()
    {
        ProcessStartInfo start = new(Environment.ProcessPath!)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            Environment = { [ChildVariable] = _name },
        };
        string assembly = typeof(BpfProgramsTests).Assembly.Location;
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(assembly);
        }

        start.ArgumentList.Add("-method");
        start.ArgumentList.Add($"{typeof(BpfProgramsTests).FullName}.{nameof(Child_AdoptsAndEnds)}");
        using Process child = Process.Start(start)!;
        string output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        Assert.True(child.ExitCode == 0, output);
    }
}
