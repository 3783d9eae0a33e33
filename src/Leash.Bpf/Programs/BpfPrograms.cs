using Leash.Bpf.Probing;
using Leash.Interop;
using Leash.Interop.Libbpf;

namespace Leash.Bpf.Programs;

/// <summary>
/// The kernel programs of this build, of which the machine has one set for all sessions. They are pinned: a second process adopts them,
/// they go on deciding when every leash process ends, and the end of the last session removes them.
/// </summary>
internal sealed class BpfPrograms : IDisposable
{
    private readonly PinDirectory _pins;
    private readonly Dictionary<string, BpfMap> _maps = [];
    private readonly IReadOnlyList<ProgramComponent> _components;

    private BpfPrograms(PinDirectory pins, IReadOnlyList<ProgramComponent> components) => (_pins, _components) = (pins, components);

    /// <summary>Where the pins are.</summary>
    public string Directory => _pins.Path;

    /// <summary>Loads, or adopts, what sessions with these parts need.</summary>
    /// <param name="components">The parts.</param>
    /// <param name="name">Of the directory of pins, which is otherwise that of this build.</param>
    /// <exception cref="BpfStartException">The kernel refuses them, or others are in the way.</exception>
    public static BpfPrograms Start(IReadOnlyList<ProgramComponent> components, string? name = null)
    {
        try
        {
            using StartLock held = StartLock.Take();
            PinDirectory pins = new(Path.Combine(BpfFilesystem.FindOrMount(), name ?? PinDirectory.NameOfBuild()));
            Abandoned.Clean(pins);
            BpfPrograms programs = new(pins, components);
            try
            {
                programs.Complete();
            }
            catch
            {
                programs.RemoveIfUnused();
                throw;
            }

            return programs;
        }
        catch (LibbpfException e)
        {
            throw new BpfStartException($"the kernel programs cannot be used: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BpfStartException($"the pins of the kernel programs cannot be used: {e.Message}", e);
        }
    }

    /// <summary>The programs of sessions that run already; nothing is loaded, so they may be of another build with the same layouts.</summary>
    public static BpfPrograms Open(string directory) => new(new PinDirectory(directory), []);

    /// <summary>A shared map, open as long as this is.</summary>
    public BpfMap Map(string name)
    {
        lock (_maps)
        {
            if (!_maps.TryGetValue(name, out BpfMap? map))
            {
                _maps.Add(name, map = BpfMap.OpenPinned(_pins.Map(name)));
            }

            return map;
        }
    }

    /// <summary>Whether a shared map exists; those that only one component uses come with it.</summary>
    public bool Has(string map) => _pins.HasMap(map);

    /// <summary>Makes a session of a cgroup without processes. It has no effect before <see cref="BpfSession.Register"/>.</summary>
    /// <param name="cgroup">The open directory, borrowed.</param>
    /// <param name="ringBytes">Of the buffer of events: a power of two of pages.</param>
    public BpfSession CreateSession(int cgroup, uint ringBytes)
    {
        using StartLock held = StartLock.Take();

        // The end of another session may have removed what Start found.
        Complete();
        HashSet<uint> used = [.. _pins.ListSessions().Select(s => s.Slot)];
        uint slot = 0;
        while (used.Contains(slot))
        {
            slot++;
        }

        if (slot >= Abi.SessionAbi.MaxSessions)
        {
            throw new BpfStartException($"there are {Abi.SessionAbi.MaxSessions} sessions already");
        }

        SessionPlace place = new(CgroupId.Of(cgroup), slot, ProcessStart.OfThis());
        _pins.CreateSession(place);
        try
        {
            return BpfSession.Create(this, place, ringBytes);
        }
        catch
        {
            _pins.RemoveSession(place);
            throw;
        }
    }

    /// <summary>The sessions that are enforced, whoever started them.</summary>
    public IReadOnlyList<SessionPlace> ListSessions() => _pins.ListSessions();

    /// <summary>Holds a session that another process has begun, and that this one reads and ends from now on.</summary>
    public BpfSession AdoptSession(SessionPlace place)
    {
        using StartLock held = StartLock.Take();
        _pins.AddHolder(place, ProcessStart.OfThis());
        return BpfSession.Adopt(this, place);
    }

    /// <summary>Attaches the programs that decide by cgroup, and pins the links.</summary>
    internal void AttachTo(SessionPlace place, int cgroup)
    {
        foreach (ProgramComponent component in _components.Where(c => c.Hooks is null))
        {
            using OpenedBpfObject opened = component.Open();
            foreach (OpenedProgram declared in opened.Programs.Where(p => p.IsLoadedWithObject && IsForCgroups(p.Type)))
            {
                string pin = Path.Combine(_pins.Component(component.Name), declared.Name);
                using BpfProgram program = BpfProgram.OpenPinned(pin, declared.AttachType);
                using BpfLink link = program.AttachToCgroup(cgroup, place.ToString());
                link.Pin(Path.Combine(_pins.SessionPath(place), declared.Name));
            }
        }
    }

    /// <summary>Removes a session's pins, and with the last session everything that nobody keeps.</summary>
    /// <param name="place">The session; another one may have its slot when it is not there any more.</param>
    /// <param name="clear">Removes what the maps have of it.</param>
    internal void Remove(SessionPlace place, Action clear)
    {
        using StartLock held = StartLock.Take();
        if (_pins.HasSession(place))
        {
            clear();
            _pins.RemoveSession(place);
        }

        RemoveIfUnused();
    }

    /// <summary>Removes everything when no session is left and nobody keeps it; a start that did not lead to a session ends with it.</summary>
    public void RemoveUnused()
    {
        using StartLock held = StartLock.Take();
        RemoveIfUnused();
    }

    /// <summary>Lets the programs outlive their last session, until <see cref="LetGo"/> or this process' end.</summary>
    public void Keep()
    {
        using StartLock held = StartLock.Take();
        if (_pins.Exists)
        {
            _pins.AddKeeper(ProcessStart.OfThis());
        }
    }

    public void LetGo()
    {
        using StartLock held = StartLock.Take();
        _pins.RemoveKeeper(ProcessStart.OfThis());
        RemoveIfUnused();
    }

    public void Dispose() => CloseMaps();

    // Of programs that are gone: whoever asks again opens those that took their place.
    private void CloseMaps()
    {
        lock (_maps)
        {
            foreach (BpfMap map in _maps.Values)
            {
                map.Dispose();
            }

            _maps.Clear();
        }
    }

    private static bool IsForCgroups(BpfProgramType type) => type
        is BpfProgramType.BPF_PROG_TYPE_CGROUP_SKB or BpfProgramType.BPF_PROG_TYPE_CGROUP_SOCK
        or BpfProgramType.BPF_PROG_TYPE_CGROUP_SOCK_ADDR or BpfProgramType.BPF_PROG_TYPE_CGROUP_SOCKOPT
        or BpfProgramType.BPF_PROG_TYPE_SOCK_OPS;

    private void RemoveIfUnused()
    {
        if (_pins.Exists && !_pins.IsUsed)
        {
            _pins.Remove();
        }
    }

    private void Complete()
    {
        _pins.Create();
        RefuseOtherHooks(_pins, _components);
        ComponentPins loader = new(_pins);
        foreach (ProgramComponent component in _components.Where(c => !loader.IsComplete(c)))
        {
            RefuseUselessHooks(component);
            loader.Load(component);
            CloseMaps();
        }
    }

    // FAIL-CLOSED: programs that attach and are not called, or are skipped, would allow everything.
    private static void RefuseUselessHooks(ProgramComponent component)
    {
        if (component.Hooks is { } kind && BpfProbe.Missing(kind) is { } missing)
        {
            throw new BpfStartException($"{missing.Title}: {missing.Detail}{(missing.Help is null ? "" : $" ({missing.Help})")}");
        }
    }

    // Both kinds at once would decide, and record, everything twice.
    private static void RefuseOtherHooks(PinDirectory pins, IReadOnlyList<ProgramComponent> components)
    {
        foreach (ProgramComponent wanted in components.Where(c => c.Hooks is not null))
        {
            string[] others = [.. Enum.GetValues<HookKind>().Where(k => k != wanted.Hooks).Select(k => ProgramComponent.Files(k).Name)];
            foreach (string other in pins.Components().Intersect(others).ToArray())
            {
                if (pins.ListSessions().Count > 0)
                {
                    throw new BpfStartException($"sessions are enforced by `{other}` here; `{wanted.Name}` can start when they have ended");
                }

                pins.RemoveComponent(other);
            }
        }
    }
}
