using System.Collections.Concurrent;
using System.Numerics;
using System.Reflection;
using System.Text.Json;

namespace MocoSharp.Recipes.Yaml;

/// <summary>What a record is in YAML: its longest public constructor, whose parameters in camel case are the keys.</summary>
internal sealed class RecordShape
{
    private static readonly ConcurrentDictionary<Type, RecordShape> s_known = new();

    private RecordShape(Type type)
    {
        Type = type;
        // A struct always has the constructor without parameters too; the longest is the primary one.
        Constructor = type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)
            ?? throw new InvalidOperationException(
                $"{type} cannot be bound: it has no public constructor (is a variant registered for it?)");
        NullabilityInfoContext nullability = new();
        Keys = [.. Constructor.GetParameters().Select(parameter => new RecordKey(type, parameter, nullability))];
        // Only structs: an options record of two numbers keeps its names, an interval is a pair.
        IsPair = type.IsValueType && Keys is [{ IsOptional: false, Type: var first }, { IsOptional: false, Type: var second }]
            && first == second
            && first.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(INumber<>));
    }

    public Type Type { get; }

    public ConstructorInfo Constructor { get; }

    public IReadOnlyList<RecordKey> Keys { get; }

    /// <summary>Whether it is written as <c>[low, high]</c>.</summary>
    public bool IsPair { get; }

    public static RecordShape Of(Type type) => s_known.GetOrAdd(type, t => new RecordShape(t));

    /// <summary>Whether a key of exactly this name is taken.</summary>
    public bool Has(string key) => Keys.Any(own => own.Name == key);

    /// <summary>The key that a constructor's parameter, or the last part of a dotted place, stands for.</summary>
    public RecordKey? Find(string? parameter) => parameter is null ? null
        : Keys.FirstOrDefault(key => key.Name.Equals(parameter[(parameter.LastIndexOf('.') + 1)..], StringComparison.OrdinalIgnoreCase));
}

/// <summary>One key of a record.</summary>
internal sealed class RecordKey
{
    private readonly PropertyInfo? _property;

    public RecordKey(Type owner, ParameterInfo parameter, NullabilityInfoContext nullability)
    {
        MemberName = parameter.Name!;
        Name = JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!);
        Type = parameter.ParameterType;
        IsNullable = Nullable.GetUnderlyingType(Type) is not null
            || (!Type.IsValueType && nullability.Create(parameter).WriteState == NullabilityState.Nullable);
        IsOptional = parameter.HasDefaultValue || IsNullable;
        // The default of a struct parameter written "= default" is null in metadata.
        Default = parameter.HasDefaultValue && parameter.DefaultValue is { } value ? (Type.IsEnum ? Enum.ToObject(Type, value) : value)
            : Type.IsValueType && Nullable.GetUnderlyingType(Type) is null ? Activator.CreateInstance(Type) : null;
        Bounds = parameter.GetCustomAttribute<BoundsAttribute>();
        _property = owner.GetProperty(parameter.Name!, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
    }

    public string Name { get; }

    /// <summary>What the record calls it.</summary>
    public string MemberName { get; }

    public Type Type { get; }

    public bool IsNullable { get; }

    public bool IsOptional { get; }

    public object? Default { get; }

    /// <summary>The values that it takes; null where any of its type will do.</summary>
    public BoundsAttribute? Bounds { get; }

    public object? ValueIn(object record) => _property is { } property ? property.GetValue(record)
        : throw new InvalidOperationException($"{record.GetType()} cannot be written: no property holds its parameter '{Name}'");
}
