using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Leash.Bpf.Abi;
using Leash.Plan;

namespace Leash.Bpf.Tests.Abi;

/// <summary>A member of a mirrored struct, under its native name.</summary>
internal sealed record AbiField(string Name, int Offset, int Size);

/// <summary>A mirrored struct, under its native name.</summary>
internal sealed record AbiStruct(string Name, int Size, IReadOnlyList<AbiField> Fields);

/// <summary>What the C# side says about <c>leash_abi.h</c>, by reflection: structs named Leash… and constants with a prefix.</summary>
internal static class AbiMirror
{
    private static readonly Type[] s_types = typeof(BpfObjects).Assembly.GetTypes();

    public static IReadOnlyList<AbiStruct> Structs { get; } =
    [
        .. s_types.Where(t => t is { IsValueType: true, IsEnum: false, IsNested: false } && t.Name.StartsWith("Leash", StringComparison.Ordinal)
                && t.GetCustomAttribute<InlineArrayAttribute>() is null)
            .Select(Describe),
    ];

    public static IReadOnlyDictionary<string, long> Constants { get; } = s_types
        .SelectMany(Values)
        .Concat(Enum.GetValues<PlanAction>().Where(a => !PlanActionMask.Http.Has(a))
            .Select(a => (Name: "LEASH_" + Snake(a.ToString()).ToUpperInvariant(), Value: (long)(int)a)))
        .ToDictionary(c => c.Name, c => c.Value, StringComparer.Ordinal);

    /// <summary><c>NoPermit</c> and <c>no_permit</c> are both <c>no_permit</c>.</summary>
    public static string Snake(string name)
    {
        StringBuilder snake = new();
        for (int i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && name[i - 1] != '_' && !char.IsUpper(name[i - 1]))
            {
                snake.Append('_');
            }

            snake.Append(char.ToLowerInvariant(name[i]));
        }

        return snake.ToString();
    }

    private static AbiStruct Describe(Type type)
    {
        List<AbiField> fields = [];
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            int offset = (int)Marshal.OffsetOf(type, field.Name);
            fields.Add(new AbiField(Snake(field.Name), offset, SizeOf(field.FieldType)));
        }

        return new AbiStruct(Snake(type.Name), SizeOf(type), fields);
    }

    private static IEnumerable<(string Name, long Value)> Values(Type type) =>
        type.GetCustomAttribute<AbiConstantsAttribute>() is not { } attribute
            ? []
            : type.GetFields(BindingFlags.Static | BindingFlags.Public)
                .Where(f => f.IsLiteral)
                .Select(f => (attribute.Prefix + Snake(f.Name).ToUpperInvariant(), Number(f.GetRawConstantValue()!)));

    private static long Number(object value) => value is ulong large ? unchecked((long)large) : Convert.ToInt64(value, CultureInfo.InvariantCulture);

    private static int SizeOf(Type type) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;
}
