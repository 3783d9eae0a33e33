using Leash.Bpf.Events;
using Leash.Bpf.Plans;

namespace Leash.Bpf.Sessions;

/// <summary>The class that a process of a class has after an exec, under one plan.</summary>
/// <param name="principal">Its class before.</param>
/// <param name="exe">The executable that runs now.</param>
/// <param name="script">The script that it interprets, or empty.</param>
internal delegate uint PrincipalMove(uint principal, ReadOnlySpan<byte> exe, ReadOnlySpan<byte> script);

/// <summary>A plan that is ready for the kernel.</summary>
/// <param name="Generation">The plan, and what explains it.</param>
/// <param name="Pages">Its pages, one after the other.</param>
/// <param name="PrincipalCount">How many classes it tells apart; 1: every process has the only one.</param>
/// <param name="InitialPrincipal">Before the first exec.</param>
/// <param name="Move">How classes change.</param>
internal sealed record PreparedPlan(
    PlanGeneration Generation, ReadOnlyMemory<byte> Pages, int PrincipalCount, uint InitialPrincipal, PrincipalMove Move)
{
    /// <summary>The class that is denied everything (<c>LEASH_NO_PRINCIPAL</c>).</summary>
    public const uint NoPrincipal = 0xffff_ffff;

    /// <param name="generation">The plan.</param>
    /// <param name="pages">What was compiled of it.</param>
    public static PreparedPlan Of(PlanGeneration generation, ReadOnlyMemory<byte> pages)
    {
        KernelPlanReader reader = new(pages);
        return new PreparedPlan(generation, pages, reader.PrincipalCount, reader.InitialPrincipal, reader.Move);
    }

    /// <summary>The class of a process that runs an image.</summary>
    public uint PrincipalOf(ExecIdentity identity)
    {
        uint principal = InitialPrincipal;
        if (PrincipalCount == 1 || identity.Exe.Length == 0)
        {
            return principal;
        }

        foreach (byte[] path in identity.Before.ToArray())
        {
            principal = Move(principal, path, []);
        }

        return Move(principal, identity.Exe, identity.Script);
    }
}
