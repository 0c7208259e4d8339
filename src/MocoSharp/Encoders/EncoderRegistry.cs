using System.Reflection;

namespace MocoSharp.Encoders;

/// <summary>Marks a static factory <c>Encoder Name(EncoderOptions)</c> as an encoder that recipes can name.</summary>
/// <param name="name">Its name in recipes.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EncoderAttribute(string name) : Attribute
{
    /// <summary>Its name in recipes.</summary>
    public string Name { get; } = name;
}

/// <summary>All encoders by name. A new one is a factory with an <see cref="EncoderAttribute"/>, and nothing else.</summary>
public static class EncoderRegistry
{
    private static readonly SortedDictionary<string, Func<EncoderOptions, Encoder>> s_factories = new(StringComparer.Ordinal);

    static EncoderRegistry() => Register(typeof(EncoderRegistry).Assembly);

    /// <summary>The names, sorted.</summary>
    public static IReadOnlyCollection<string> Names => s_factories.Keys;

    /// <summary>Builds an encoder with fresh weights from libtorch's generator.</summary>
    /// <exception cref="MocoException">No encoder has this name.</exception>
    public static Encoder Create(EncoderOptions options)
    {
        _ = options.InBounds();
        bool isPair = options.Name.StartsWith(PairEncoder.Prefix, StringComparison.Ordinal);
        string name = isPair ? options.Name[PairEncoder.Prefix.Length..] : options.Name;
        if (!s_factories.TryGetValue(name, out Func<EncoderOptions, Encoder>? factory))
            throw new MocoException(ErrorIds.UnknownEncoder, $"no encoder is called '{options.Name}'",
                fix: $"choose one of {string.Join(", ", Names)}; {PairEncoder.Prefix}NAME puts two of them side by side, for lightness and color");
        Func<EncoderOptions, Encoder> whole = isPair ? inner => new PairEncoder(inner, factory) : factory;
        return options.Patches is { } patches ? new PatchEncoder(options, patches, whole) : whole(options);
    }

    /// <summary>Makes an assembly's encoders known to recipes: its static factories with an <see cref="EncoderAttribute"/>.</summary>
    /// <exception cref="ArgumentException">A name is taken, or a factory has another form than <c>Encoder Name(EncoderOptions)</c>.</exception>
    public static void Register(Assembly assembly)
    {
        foreach (MethodInfo method in assembly.GetTypes().SelectMany(static type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)))
        {
            if (method.GetCustomAttribute<EncoderAttribute>() is not { } attribute) continue;
            Func<EncoderOptions, Encoder> factory = method.CreateDelegate<Func<EncoderOptions, Encoder>>();
            if (s_factories.TryGetValue(attribute.Name, out Func<EncoderOptions, Encoder>? known) && known.Method != method)
                throw new ArgumentException($"the encoder '{attribute.Name}' is {known.Method.DeclaringType}.{known.Method.Name} already: give the other one another name", nameof(assembly));
            s_factories[attribute.Name] = factory;
        }
    }
}
