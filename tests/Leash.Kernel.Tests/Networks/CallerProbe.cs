using System.Runtime.InteropServices;
using Leash.Bpf;
using Leash.Bpf.Abi;
using Leash.Bpf.Programs;
using Leash.Interop;
using Leash.Interop.Libbpf;
using Leash.Kernel.Tests.Paths;
using Leash.Plan;

namespace Leash.Kernel.Tests.Networks;

/// <summary>What hooks do for threads that open files or use sockets, for kernels that load no hooks: run by the threads themselves.</summary>
internal sealed class CallerProbe : IDisposable
{
    private readonly LoadedBpfObject _loaded;
    private readonly BpfMap _tasks;
    private readonly BpfProgram _end;
    private readonly BpfProgram _check;
    private readonly string _directory;

    public CallerProbe(NetworkPrograms programs)
    {
        using var opened = OpenedBpfObject.Open(BpfObjects.Read("leash_hooktest.bpf.o"), "leash_hooktest");
        foreach (OpenedMap map in opened.Maps.Where(map => programs.Shared.Has(map.Name)).ToArray())
        {
            map.Reuse(programs.Shared.Map(map.Name));
        }

        _loaded = opened.Load();
        _tasks = _loaded.GetMap("leash_tasks");
        _end = _loaded.GetProgram("l_exit");
        _check = _loaded.GetProgram("leash_check_file");
        _directory = Directory.CreateDirectory(Path.Combine(BpfFilesystem.FindOrMount(), $"probe-{Guid.NewGuid():N}")).FullName;
        Tell = Pin("leash_run_tell");
        Forget = Pin("leash_run_forget");
    }

    /// <summary>What hooks on sockets do: a pinned program.</summary>
    public string Tell { get; }

    /// <summary>What the beginning of an exec does.</summary>
    public string Forget { get; }

    /// <summary>Has the ends of threads followed from now on.</summary>
    public BpfLink FollowEnds() => _end.Attach();

    /// <summary>Makes a thread somebody, as an exec does.</summary>
    public void Become(uint thread, LeashTask identity)
    {
        int descriptor = SocketCalls.OpenThread((int)thread);
        Assert.SkipWhen(descriptor < 0, "this kernel has no descriptors of threads (Linux 6.9)");
        _tasks.Update(descriptor, in identity);
        Interop.Kernel.Close(descriptor);
    }

    /// <summary>What the hook on opening answers for a file that the calling thread has open: 0, or minus an errno.</summary>
    public int Check(int descriptor, PlanActionMask actions)
    {
        FileQuestion question = new() { Descriptor = (uint)descriptor, Actions = (uint)actions };
        Assert.Equal(0u, _check.TestRun(MemoryMarshal.AsBytes(new Span<FileQuestion>(ref question))).Value);
        return question.Result;
    }

    public void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
        _check.Dispose();
        _end.Dispose();
        _tasks.Dispose();
        _loaded.Dispose();
    }

    private string Pin(string name)
    {
        string path = Path.Combine(_directory, name);
        using BpfProgram program = _loaded.GetProgram(name);
        program.Pin(path);
        return path;
    }
}
