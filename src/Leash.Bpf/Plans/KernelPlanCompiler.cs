using System.Runtime.CompilerServices;
using Leash.Bpf.Abi;
using Leash.Bpf.Plans.Arguments;
using Leash.Bpf.Plans.Literals;
using Leash.Bpf.Plans.Principals;
using Leash.Bpf.Plans.Rows;
using Leash.Plan;

namespace Leash.Bpf.Plans;

/// <summary>
/// Compiles plans for the kernel programs. What comes out decides exactly what the plan says; what cannot be decided there, or is too large, is
/// a diagnostic.
/// </summary>
internal sealed class KernelPlanCompiler
{
    private readonly EnforcementPlan _plan;
    private readonly IEndpointCompiler? _endpoints;
    private readonly List<KernelDiagnostic> _diagnostics = [];
    private readonly RowTable _rows = new();
    private readonly PrincipalClasses _principals = new();
    private readonly ArgumentTests _arguments = new();
    private readonly PathFactors _paths;
    private int _process;

    private KernelPlanCompiler(EnforcementPlan plan, IEndpointCompiler? endpoints)
    {
        _plan = plan;
        _endpoints = endpoints;
        _paths = new PathFactors(_rows);
    }

    /// <summary>Compiles a plan.</summary>
    /// <param name="plan">What to enforce.</param>
    /// <param name="generation">Its number, which tasks remember.</param>
    /// <param name="protectedPaths">Leash's own files and directories, canonical: everything there is denied, whatever the mode.</param>
    /// <param name="endpoints">Compiles the statements on endpoints; without one they are left out and every endpoint is denied.</param>
    /// <exception cref="ArgumentException">A protected path that no file can have.</exception>
    public static KernelPlanResult Compile(
        EnforcementPlan plan, ulong generation, IEnumerable<string> protectedPaths, IEndpointCompiler? endpoints = null)
    {
        var compiler = new KernelPlanCompiler(plan, endpoints);
        return compiler.Run(generation, protectedPaths);
    }

    /// <summary>
    /// Compiles what a plan says of endpoints, where nothing else is decided in the kernel: what does not fit of the rest is no obstacle then.
    /// </summary>
    public static KernelPlanResult CompileEndpoints(EnforcementPlan plan, ulong generation, IEndpointCompiler endpoints) =>
        Compile(new EnforcementPlan([.. plan.Statements.Where(IsOnEndpoints)]), generation, [], endpoints);

    private static bool IsOnEndpoints(PlanStatement statement) =>
        (statement.Actions & (PlanActionMask.Network | PlanActionMask.DnsQuery)) != PlanActionMask.None;

    private KernelPlanResult Run(ulong generation, IEnumerable<string> protectedPaths)
    {
        AddProtected(protectedPaths);
        foreach (var statement in _plan.Statements)
        {
            if ((statement.Actions & PlanActionMask.Path) != PlanActionMask.None)
            {
                _paths.Add(statement);
            }

            _process = _rows.Union(_process, _rows.Of(statement, PlanActionMask.Process, 0));
        }

        _endpoints?.Prepare([.. _plan.Statements.Where(IsOnEndpoints)], _rows, _diagnostics);
        _paths.Freeze(_diagnostics);
        TellApartForGateway();
        Check(_principals.Build(_rows.Conditions.PrincipalAtoms), TestDomain.Principal);
        Check(_arguments.Add(_rows.Conditions), TestDomain.Exec);
        if (_principals.IsCut && !HasErrors)
        {
            _diagnostics.Add(new KernelDiagnostic(
                KernelCodes.TooManyPrincipals, null, $"only the {_principals.Count} nearest combinations of programs are told apart",
                "a process whose ancestors make up another one is denied everything; name fewer programs", IsError: false));
        }

        return new KernelPlanResult(HasErrors ? null : Write(generation), [.. _diagnostics]);
    }

    // The gateway decides by the class that the kernel has for a process: each test of a statement that it decides by has to be known of it.
    private void TellApartForGateway()
    {
        var tests = from statement in _plan.Statements
                    where (statement.Actions & (PlanActionMask.Network | PlanActionMask.Http)) != PlanActionMask.None
                    from atom in statement.Atoms
                    where atom.Domain == TestDomain.Principal
                    from test in atom.Tests
                    select test;
        foreach (var test in tests)
        {
            _rows.Conditions.PrincipalAtoms.Add(new PlanAtom([test]));
        }
    }

    private bool HasErrors => _diagnostics.Exists(diagnostic => diagnostic.IsError);

    private void AddProtected(IEnumerable<string> protectedPaths)
    {
        foreach (var path in protectedPaths)
        {
            if (!path.StartsWith('/') || !LiteralPath.IsPossible(path))
            {
                throw new ArgumentException($"`{path}` is not canonical", nameof(protectedPaths));
            }

            _paths.AddProtected(path);
        }
    }

    /// <summary>Reports a code about the tests of one domain, at the statement that has most of them.</summary>
    private void Check(string? code, TestDomain domain)
    {
        if (code is null)
        {
            return;
        }

        var statement = _plan.Statements.MaxBy(s => s.Atoms.Where(atom => atom.Domain == domain).Sum(atom => atom.Tests.Length));
        var (message, help) = code switch
        {
            KernelCodes.TooManyArgumentTests => ($"the policies ask more than {PlanAbi.MaxArgumentTests} different questions about arguments",
                "join alternatives with `||`, or use `like` on `context.argv0`"),
            KernelCodes.TextTooLong => ("a text that arguments are compared with is longer than 4096 bytes", "compare with a shorter one"),
            KernelCodes.TooManyPrincipals => ("the policies name more programs than the kernel programs can tell apart", "name fewer programs"),
            _ => ("its patterns need more states than the kernel programs have room for", "use fewer `*` in one pattern"),
        };
        _diagnostics.Add(new KernelDiagnostic(code, statement, message, help));
    }

    private KernelPlan? Write(ulong generation)
    {
        try
        {
            return WritePlan(generation);
        }
        catch (TooManyRowsException)
        {
            _diagnostics.Add(new KernelDiagnostic(
                KernelCodes.TooManyRows, null, "the policies tell too many kinds of paths, programs and arguments apart at once",
                "name fewer programs, or ask fewer questions about arguments"));
        }
        catch (PlanTooLargeException)
        {
            _diagnostics.Add(new KernelDiagnostic(
                KernelCodes.PlanTooLarge, null, $"the plan is larger than {KernelLimits.PlanBytes >> 20} MiB", "name directories instead of files"));
        }

        catch (LiteralCollisionException)
        {
            _diagnostics.Add(new KernelDiagnostic(
                KernelCodes.SameHash, null, "two names in one directory cannot be told apart by their hash", "name the directory instead of one of them"));
        }

        return null;
    }

    private KernelPlan WritePlan(ulong generation)
    {
        var pages = new PageWriter();
        pages.Reserve(Unsafe.SizeOf<LeashPlan>(), sizeof(ulong));
        var final = new FinalRows(_rows, _principals, _arguments);
        var plan = new LeashPlan { Magic = PlanAbi.PlanMagic, AbiVersion = SessionAbi.AbiVersion, Generation = generation, Process = (uint)final.Of(_process) };
        _paths.Write(pages, final, ref plan.Paths);
        _principals.Write(pages, ref plan.Principals);
        _arguments.Write(pages, ref plan.Exec);
        _endpoints?.Write(pages, final, ref plan.Endpoints);
        plan.Rows = final.WriteMasks(pages);
        plan.RowCount = (uint)final.Count;
        plan.Exec.Masks = _arguments.Count > 0 ? final.WriteExecs(pages) : 0;
        plan.PageCount = (uint)((pages.Length + PlanAbi.PageSize - 1) / PlanAbi.PageSize);
        pages.Write(0, plan);
        return new KernelPlan(pages.ToPages(), generation, _principals.Count, new KernelPrincipals(_principals, _rows.Conditions.PrincipalAtoms));
    }
}
