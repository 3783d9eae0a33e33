using Leash.Interop.Libbpf;

namespace Leash.Bpf.Programs;

/// <summary>Loads a component and pins what it consists of, or finds that it is there. Under <see cref="StartLock"/>.</summary>
internal sealed class ComponentPins(PinDirectory pins)
{
    private const string SharedPrefix = "leash_";

    /// <summary>Whether every required program of the component is pinned and every map that it shares.</summary>
    public bool IsComplete(ProgramComponent component)
    {
        string directory = pins.Component(component.Name);
        if (!Directory.Exists(directory))
        {
            return false;
        }

        using OpenedBpfObject opened = component.Open();
        HashSet<string> pinned = [.. Directory.GetFiles(directory).Select(f => Path.GetFileName(f))];
        return component.Required(opened).IsSubsetOf(pinned) && Shared(opened).All(pins.HasMap);
    }

    /// <summary>Loads the component with the maps that are pinned already, attaches what attaches to the kernel, and pins.</summary>
    public void Load(ProgramComponent component)
    {
        string directory = pins.Begin(component.Name);
        try
        {
            Load(component, directory);
            pins.Complete(component.Name);
        }
        catch
        {
            // What is attached already would go on deciding for as long as others keep the pins, and nobody would know of it.
            pins.Abandon(component.Name);
            throw;
        }
    }

    private void Load(ProgramComponent component, string directory)
    {
        using OpenedBpfObject opened = component.OpenForLoad();
        string[] shared = [.. Shared(opened)];
        foreach (string name in shared.Where(pins.HasMap))
        {
            using BpfMap existing = BpfMap.OpenPinned(pins.Map(name));
            opened.Map(name).Reuse(existing);
        }

        string[] programs = [.. opened.Programs.Where(p => p.IsLoadedWithObject).Select(p => p.Name)];
        using LoadedBpfObject loaded = opened.Load();
        foreach (string name in shared.Where(name => !pins.HasMap(name)))
        {
            using BpfMap map = loaded.GetMap(name);
            map.Pin(pins.Map(name));
        }

        // Maps first: an attached program whose maps nobody can reach would deny for ever.
        foreach (string name in programs)
        {
            Pin(loaded, name, Path.Combine(directory, name));
        }
    }

    private static IEnumerable<string> Shared(OpenedBpfObject opened) =>
        opened.Maps.Where(m => !m.IsInternal && m.Name.StartsWith(SharedPrefix, StringComparison.Ordinal)).Select(m => m.Name);

    private static void Pin(LoadedBpfObject loaded, string name, string path)
    {
        using BpfProgram program = loaded.GetProgram(name);
        if (program.Type is BpfProgramType.BPF_PROG_TYPE_LSM
            || (program.Type == BpfProgramType.BPF_PROG_TYPE_TRACING && program.AttachType != BpfAttachType.BPF_TRACE_ITER))
        {
            using BpfLink link = program.Attach();
            link.Pin(path);
        }
        else
        {
            program.Pin(path);
        }
    }
}
