using System.Reflection;

namespace MocoSharp.Encoders;

/// <summary>Marks a static factory <c>Encoder Name(EncoderOptions)</c> as an encoder that recipes can name.</summary>
/// <param name="name">Its name in recipes.</param>
/// <param name="options">The record of its options, where it has more than every encoder has: derived from
/// <see cref="EncoderOptions"/>.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EncoderAttribute(string name, Type? options = null) : Attribute
{
    /// <summary>Its name in recipes.</summary>
    public string Name { get; } = name;

    /// <summary>The record of its options.</summary>
    public Type Options { get; } = options ?? typeof(EncoderOptions);
}

/// <summary>All encoders by name. A new one is a factory with an <see cref="EncoderAttribute"/>, and nothing else.</summary>
public static class EncoderRegistry
{
    private static readonly SortedDictionary<string, Entry> s_known = new(StringComparer.Ordinal);

    static EncoderRegistry() => Register(typeof(EncoderRegistry).Assembly);

    /// <summary>The names, sorted.</summary>
    public static IReadOnlyCollection<string> Names => s_known.Keys;

    /// <summary>Builds an encoder with fresh weights from libtorch's generator.</summary>
    /// <exception cref="MocoException">No encoder has this name.</exception>
    public static Encoder Create(EncoderOptions options)
    {
        _ = options.InBounds();
        if (!s_known.TryGetValue(Single(options.Name), out Entry? entry))
            throw new MocoException(ErrorIds.UnknownEncoder, $"no encoder is called '{options.Name}'",
                fix: $"choose one of {string.Join(", ", Names)}; {PairEncoder.Prefix}NAME puts two of them side by side, for lightness "
                + $"and color");
        if (!entry.Options.IsInstanceOfType(options))
            throw new ArgumentException(
                $"the encoder '{options.Name}' is described by {entry.Options.Name}, not by {options.GetType().Name}", nameof(options));
        Func<EncoderOptions, Encoder> whole = Single(options.Name) == options.Name ? entry.Factory : inner =>
            new PairEncoder(inner, entry.Factory);
        return options.Patches is { } patches ? new PatchEncoder(options, patches, whole) : whole(options);
    }

    /// <summary>The records of encoders that have settings of their own, by name.</summary>
    public static IEnumerable<(string Name, Type Options)> OwnOptions =>
        s_known.Where(static known => known.Value.Options != typeof(EncoderOptions))
            .Select(static known => (known.Key, known.Value.Options));

    /// <summary>The record of an encoder's options; that of all encoders where no encoder has this name.</summary>
    public static Type OptionsOf(string name) => s_known.TryGetValue(Single(name), out Entry? entry) ? entry.Options
        : typeof(EncoderOptions);

    /// <summary>Makes an assembly's encoders known to recipes: its static factories with an <see cref="EncoderAttribute"/>.</summary>
    /// <exception cref="ArgumentException">A name is taken, or a factory has another form than <c>Encoder
    /// Name(EncoderOptions)</c>.</exception>
    public static void Register(Assembly assembly)
    {
        foreach (MethodInfo method in assembly.GetTypes()
            .SelectMany(static type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)))
        {
            if (method.GetCustomAttribute<EncoderAttribute>() is not { } attribute) continue;
            Func<EncoderOptions, Encoder> factory = method.CreateDelegate<Func<EncoderOptions, Encoder>>();
            if (s_known.TryGetValue(attribute.Name, out Entry? known) && known.Factory.Method != method)
                throw new ArgumentException(
                    $"the encoder '{attribute.Name}' is {known.Factory.Method.DeclaringType}.{known.Factory.Method.Name} already: give "
                    + $"the other one another name", nameof(assembly));
            s_known[attribute.Name] = new Entry(factory, attribute.Options);
        }
    }

    // what a pair of encoders is made of
    private static string Single(string name) => name.StartsWith(PairEncoder.Prefix, StringComparison.Ordinal)
        ? name[PairEncoder.Prefix.Length..] : name;

    private sealed record Entry(Func<EncoderOptions, Encoder> Factory, Type Options);
}
