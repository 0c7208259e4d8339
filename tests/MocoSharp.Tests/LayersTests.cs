using System.Reflection;
using System.Reflection.Emit;

namespace MocoSharp.Tests;

/// <summary>Namespaces of the library point one way. What a type uses is read from its members and from the code of its methods.</summary>
public sealed class LayersTests
{
    // each may use itself and those before it; Training and Evaluation do not know each other
    private static readonly string[] s_order = ["Base", "Encoders", "Methods", "Recipes", "Runs", "Features", "Training|Evaluation",
        "Embeddings", "Auditing|Selection", "Facade"];

    private static readonly HashSet<string> s_base = ["MocoException", "OptionException", "ErrorIds", "BoundsExtensions", "CommandText",
        "LibtorchThread"];

    private static readonly OpCode[] s_codes = [.. typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (OpCode)field.GetValue(null)!)];
    private static readonly Dictionary<short, OpCode> s_codeOf = s_codes.ToDictionary(static code => code.Value);

    [Fact]
    public void No_namespace_uses_one_above_it()
    {
        List<string> wrong = [];
        foreach (Type type in typeof(MocoException).Assembly.GetTypes())
        {
            if (LayerOf(type) is not { } own) continue;
            foreach (Type used in Used(type))
                if (used.Assembly == type.Assembly && LayerOf(used) is { } other && !IsBelow(other, own))
                    wrong.Add($"{own}: {Outer(type).FullName} uses {Outer(used).FullName} of {other}");
        }
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong.Distinct().Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void The_test_sees_what_code_uses()
    {
        Assert.Contains(typeof(MocoSharp.Training.TrainingResult), Used(typeof(Run)));
        // in a method's code alone
        Assert.Contains(typeof(MocoSharp.Imaging.Codecs.ImageEncoder), Used(typeof(MocoSharp.Evaluation.EvaluationResult)));
        Assert.False(IsBelow("Training", "Evaluation"));
        Assert.False(IsBelow("Evaluation", "Training"));
        Assert.True(IsBelow("Evaluation", "Facade"));
        Assert.False(IsBelow("Features", "Runs"));
    }

    private static bool IsBelow(string used, string user) => used == user || Place(used) < Place(user);

    private static int Place(string layer) => Array.FindIndex(s_order, names => names.Split('|').Contains(layer));

    /// <summary>Null for what belongs to no layer: the compiler's own types, and benchmarks.</summary>
    private static string? LayerOf(Type type)
    {
        Type outer = Outer(type);
        if (outer.Namespace is not { } space || !space.StartsWith("MocoSharp", StringComparison.Ordinal)) return null;
        if (space == "MocoSharp") return s_base.Contains(outer.Name) ? "Base" : "Facade";
        string layer = space.Split('.')[1];
        return Place(layer) >= 0 ? layer : null;
    }

    private static Type Outer(Type type) => type.DeclaringType is { } outer ? Outer(outer) : type;

    private static HashSet<Type> Used(Type type)
    {
        const BindingFlags all =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        HashSet<Type> used = [];
        void Add(Type? one)
        {
            if (one is null) return;
            if (one.HasElementType) Add(one.GetElementType());
            foreach (Type argument in one.IsGenericType ? one.GetGenericArguments() : []) Add(argument);
            if (!one.IsGenericParameter) used.Add(one.IsGenericType ? one.GetGenericTypeDefinition() : one);
        }
        Add(type.BaseType);
        foreach (Type one in type.GetInterfaces()) Add(one);
        foreach (FieldInfo field in type.GetFields(all)) Add(field.FieldType);
        foreach (MethodBase method in type.GetMethods(all).Cast<MethodBase>().Concat(type.GetConstructors(all)))
        {
            foreach (ParameterInfo parameter in method.GetParameters()) Add(parameter.ParameterType);
            Add((method as MethodInfo)?.ReturnType);
            foreach (LocalVariableInfo local in method.GetMethodBody()?.LocalVariables ?? []) Add(local.LocalType);
            foreach (MemberInfo member in Members(method))
            {
                Add(member as Type ?? member.DeclaringType);
                if (member is MethodInfo { IsGenericMethod: true } generic)
                    foreach (Type argument in generic.GetGenericArguments()) Add(argument);
            }
        }
        return used;
    }

    /// <summary>All types, methods and fields that a method's code names.</summary>
    private static IEnumerable<MemberInfo> Members(MethodBase method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        Type[] typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : [];
        Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (int i = 0; i < code.Length;)
        {
            short value = code[i++];
            if (value == 0xFE) value = unchecked((short)(0xFE00 | code[i++]));
            OpCode op = s_codeOf[value];
            if (op.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
                yield return method.Module.ResolveMember(BitConverter.ToInt32(code, i), typeArguments, methodArguments)!;
            i += op.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, i),
                _ => 4,
            };
        }
    }
}
