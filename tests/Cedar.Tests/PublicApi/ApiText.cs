using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Cedar.Tests.PublicApi;

/// <summary>Writes what an assembly shows to others, one line for each type and member, in a fixed order.</summary>
internal static class ApiText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void", [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(char)] = "char", [typeof(int)] = "int",
        [typeof(long)] = "long", [typeof(object)] = "object", [typeof(string)] = "string", [typeof(ulong)] = "ulong", [typeof(uint)] = "uint",
    };

    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(NameOfType, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(type.Namespace).Append('.').Append(NameOfType(type)).Append(Bases(type)).Append('\n');
            foreach (var member in Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Kind(Type type)
    {
        if (type.IsInterface)
        {
            return "interface";
        }

        if (type.IsEnum)
        {
            return "enum";
        }

        if (type.IsValueType)
        {
            return type.IsDefined(typeof(IsReadOnlyAttribute), false) ? "readonly struct" : "struct";
        }

        var kind = typeof(Delegate).IsAssignableFrom(type) ? "delegate" : type.GetMethod("<Clone>$") is null ? "class" : "record";
        return type is { IsAbstract: true, IsSealed: true } ? $"static {kind}" : type.IsAbstract ? $"abstract {kind}" : type.IsSealed ? $"sealed {kind}" : kind;
    }

    private static string Bases(Type type)
    {
        var bases = type.IsEnum || type.IsValueType || type.BaseType is null || type.BaseType == typeof(object) ? [] : new[] { type.BaseType };
        var inherited = type.IsEnum ? [] : type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).Where(i => i.IsPublic);
        var names = bases.Select(Name).Concat(inherited.Select(Name).Order(StringComparer.Ordinal)).ToList();
        return names.Count == 0 ? "" : $" : {string.Join(", ", names)}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        foreach (var field in type.GetFields(Declared).Where(f => (f.IsPublic || f.IsFamily) && !f.IsSpecialName))
        {
            yield return type.IsEnum ? $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), null)}"
                : field.IsLiteral ? $"const {Name(field.FieldType)} {field.Name} = {field.GetRawConstantValue()}"
                : $"{(field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}";
        }

        if (type.IsEnum)
        {
            yield break;
        }

        foreach (var constructor in type.GetConstructors(Declared).Where(c => IsVisible(c) && !IsCopy(c)))
        {
            yield return $"{NameOfType(type)}({Parameters(constructor)})";
        }

        foreach (var property in type.GetProperties(Declared).Where(p => p.Name != "EqualityContract" && p.GetMethod is { } get && IsVisible(get)))
        {
            var setter = property.SetMethod is { } set && IsVisible(set)
                ? set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;"
                : "";
            var name = property.GetIndexParameters() is [_, ..] index ? $"this[{string.Join(", ", index.Select(Parameter))}]" : property.Name;
            yield return $"{Modifiers(property.GetMethod!)}{Name(property.PropertyType)} {name} {{ get;{setter} }}";
        }

        foreach (var method in type.GetMethods(Declared).Where(m => IsVisible(m) && IsWritten(m)))
        {
            var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
            yield return $"{Modifiers(method)}{Name(method.ReturnType)} {method.Name}{generic}({Parameters(method)})";
        }
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily;

    private static bool IsCopy(ConstructorInfo constructor) =>
        constructor.GetParameters() is [var only] && only.ParameterType == constructor.DeclaringType && constructor.DeclaringType.GetMethod("<Clone>$") is not null;

    /// <summary>Not an accessor, nor what the compiler adds to records.</summary>
    private static bool IsWritten(MethodInfo method) =>
        !method.IsDefined(typeof(CompilerGeneratedAttribute), false)
        && (!method.IsSpecialName || method.Name is "op_Implicit" or "op_Explicit")
        && method.Name is not ("Deconstruct" or "PrintMembers" or "<Clone>$");

    private static string Modifiers(MethodInfo method) =>
        method.IsStatic ? "static "
        : method.DeclaringType!.IsInterface ? ""
        : method.IsAbstract ? "abstract "
        : method.GetBaseDefinition() != method ? "override "
        : method.IsVirtual && !method.IsFinal ? "virtual " : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        var kind = !type.IsByRef ? "" : parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
        var initial = parameter.HasDefaultValue ? $" = {parameter.RawDefaultValue ?? "null"}" : "";
        return $"{kind}{Name(type.IsByRef ? type.GetElementType()! : type)} {parameter.Name}{initial}";
    }

    private static string NameOfType(Type type)
    {
        var name = type.Name.Split('`')[0];
        return type.DeclaringType is { } outer && !type.IsGenericParameter ? $"{NameOfType(outer)}.{name}" : name;
    }

    private static string Name(Type type)
    {
        if (s_keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }

        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!)}[]";
        }

        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return $"{Name(inner)}?";
        }

        var arguments = type.IsGenericType ? $"<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : "";
        return $"{NameOfType(type)}{arguments}";
    }
}
