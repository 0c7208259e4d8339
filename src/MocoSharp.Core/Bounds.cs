using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;

namespace MocoSharp;

/// <summary>Finds what lies outside its <see cref="BoundsAttribute"/> in a record and in the records that it holds.</summary>
public static class Bounds
{
    private static readonly ConcurrentDictionary<Type, Key[]> s_keys = new();

    /// <summary>The first value out of its bounds; null where all are within.</summary>
    /// <param name="record">A record whose constructor's parameters are its properties.</param>
    public static OutOfBounds? Broken(object record) => Broken(record, "");

    /// <summary>The record itself, when it and all that it holds is within bounds.</summary>
    /// <exception cref="OptionException">A setting is not; names it by its path.</exception>
    public static T InBounds<T>(this T record) where T : class
    {
        if (Broken(record) is { } broken) OptionException.Require(false, broken.Path, broken.Value, broken.Takes);
        return record;
    }

    private static OutOfBounds? Broken(object record, string path)
    {
        foreach (Key key in s_keys.GetOrAdd(record.GetType(), Keys))
        {
            object? value = key.Property.GetValue(record);
            if (key.Bounds?.Hold(value) == false)
                return new OutOfBounds(path + key.Name, value, key.Bounds.Takes(key.Property.PropertyType));
            if (key.Bounds is null && Inner(value, path + key.Name) is { } broken) return broken;
        }
        return null;
    }

    private static OutOfBounds? Inner(object? value, string path) => value switch
    {
        null or string or Enum => null,
        IEnumerable items => items.Cast<object?>().Select((item, i) => Inner(item, $"{path}.{i}"))
            .FirstOrDefault(static broken => broken is not null),
        _ => Broken(value, path + "."),
    };

    private static Key[] Keys(Type type) => type.Namespace?.StartsWith(nameof(MocoSharp), StringComparison.Ordinal) != true
        || type.GetConstructors() is not { Length: > 0 } made ? [] :
    [
        .. from parameter in made.MaxBy(static constructor => constructor.GetParameters().Length)!.GetParameters()
           let property = type.GetProperty(parameter.Name!)
           where property is not null
           select new Key(JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!), property,
           parameter.GetCustomAttribute<BoundsAttribute>()),
    ];

    private sealed record Key(string Name, PropertyInfo Property, BoundsAttribute? Bounds);
}

/// <summary>A value outside its bounds.</summary>
/// <param name="Path">The keys that lead to it, joined by dots: <c>training.batchSize</c>.</param>
/// <param name="Value">The value.</param>
/// <param name="Takes">What the setting takes: "a number from 0 to 1".</param>
public sealed record OutOfBounds(string Path, object? Value, string Takes);
