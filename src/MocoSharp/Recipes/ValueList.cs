using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace MocoSharp.Recipes;

/// <summary>A list that is equal to another one when their items are, so that records which hold lists compare by value.</summary>
/// <typeparam name="T">Items' type.</typeparam>
[CollectionBuilder(typeof(ValueList), nameof(ValueList.Create))]
public sealed class ValueList<T> : IReadOnlyList<T>, IEquatable<ValueList<T>>
{
    private readonly T[] _items;

    internal ValueList(ReadOnlySpan<T> items) => _items = items.ToArray();

    /// <summary>How many items.</summary>
    public int Count => _items.Length;

    /// <summary>One item, counted from 0.</summary>
    public T this[int index] => _items[index];

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(ValueList<T>? other) => other is not null && _items.AsSpan().SequenceEqual(other._items);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (T item in _items) hash.Add(item);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", _items)}]";
}

/// <summary>Makes lists that compare by value.</summary>
public static class ValueList
{
    private static readonly MethodInfo s_create = typeof(ValueList).GetMethod(nameof(Copy), BindingFlags.Static | BindingFlags.NonPublic)!;

    /// <summary>A copy of the items.</summary>
    public static ValueList<T> Create<T>(ReadOnlySpan<T> items) => new(items);

    internal static object FromArray(Array items) =>
        s_create.MakeGenericMethod(items.GetType().GetElementType()!).Invoke(null, [items])!;

    private static ValueList<T> Copy<T>(T[] items) => new(items);
}
