using System.Reflection;
using MocoSharp.Encoders;

namespace MocoSharp.Methods;

/// <summary>Names a method in recipes and ties it to its options. The class needs a constructor <c>(Func&lt;Encoder&gt;, TOptions)</c>, or
/// <c>(MethodParts, TOptions)</c> where it depends on the data or wants encoders of other shapes.</summary>
/// <param name="name">Its name in recipes.</param>
/// <param name="options">A record derived from <see cref="MethodOptions"/>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class MethodAttribute(string name, Type options) : Attribute
{
    /// <summary>Its name in recipes.</summary>
    public string Name { get; } = name;

    /// <summary>Its options record.</summary>
    public Type Options { get; } = options;
}

/// <summary>Settings of a method. Each method has a record derived from this.</summary>
public abstract record MethodOptions
{
    /// <summary>Checks what needs the batch size, which options alone do not know.</summary>
    /// <param name="batchSize">Samples a step.</param>
    /// <exception cref="ArgumentException">A value does not fit; its parameter name is the option's.</exception>
    public virtual void Check(int batchSize)
    {
    }

    /// <summary>The same options with what follows from the batch size filled in.</summary>
    /// <param name="batchSize">Samples a step.</param>
    public virtual MethodOptions ForBatch(int batchSize) => this;

    /// <summary>Whether something is left to the number of pictures, which <see cref="ForPictures"/> fills in.</summary>
    internal virtual bool FollowsPictures => false;

    /// <summary>The same options with memories that suit a number of pictures; what suits it already stays.</summary>
    /// <param name="pictures">Pictures to learn from.</param>
    /// <param name="batchSize">Samples a step.</param>
    internal virtual MethodOptions ForPictures(int pictures, int batchSize) => this;

    /// <summary>A memory of as many keys as suit: a multiple of the batch, and about a quarter of what an epoch gives.</summary>
    private protected static int FittingMemory(int wanted, long keysAnEpoch, int batchSize) =>
        (int)Math.Max(batchSize, Math.Min(wanted > 0 ? wanted : 16_384, keysAnEpoch / 4) / batchSize * batchSize);
}

/// <summary>All methods by name. A new one is a class with a <see cref="MethodAttribute"/>, an options record, a recipe, a page and
/// tests.</summary>
public static class MethodRegistry
{
    private static readonly SortedDictionary<string, Type> s_methods = new(StringComparer.Ordinal), s_options = new(StringComparer.Ordinal);

    static MethodRegistry() => Register(typeof(MethodRegistry).Assembly);

    /// <summary>The names, sorted, with their options records; methods that are registered later appear in it.</summary>
    public static IReadOnlyDictionary<string, Type> OptionTypes => s_options;

    /// <summary>Makes an assembly's methods known to recipes: its classes with a <see cref="MethodAttribute"/>. At the program's start,
    /// before recipes are read.</summary>
    /// <exception cref="ArgumentException">A name is taken, or the class is no <see cref="Method"/>.</exception>
    public static void Register(Assembly assembly)
    {
        foreach (Type type in assembly.GetTypes())
        {
            if (type.GetCustomAttribute<MethodAttribute>() is not { } attribute) continue;
            if (!type.IsSubclassOf(typeof(Method)) || !attribute.Options.IsSubclassOf(typeof(MethodOptions)))
                throw new ArgumentException($"{type} is no method with options: derive it from Method, and its options from MethodOptions",
                    nameof(assembly));
            if (s_methods.TryGetValue(attribute.Name, out Type? known) && known != type)
                throw new ArgumentException($"the method '{attribute.Name}' is {known} already: give {type} another name",
                    nameof(assembly));
            (s_methods[attribute.Name], s_options[attribute.Name]) = (type, attribute.Options);
        }
    }

    /// <summary>The name of the method that a record belongs to.</summary>
    public static string NameOf(MethodOptions options) => s_options.First(method => method.Value == options.GetType()).Key;

    /// <summary>Builds a method with fresh weights.</summary>
    /// <param name="parts">Encoders and what is known of the pictures.</param>
    /// <param name="options">The method's settings; their type chooses the method.</param>
    public static Method Create(MethodParts parts, MethodOptions options)
    {
        Type type = s_methods[NameOf(options)];
        try
        {
            bool wantsParts = type.GetConstructor([typeof(MethodParts), options.GetType()]) is not null;
            return (Method)Activator.CreateInstance(type, wantsParts ? parts : (Func<Encoder>)parts.Encoder, options)!;
        }
        catch (TargetInvocationException error) when (error.InnerException is { } cause)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
            throw;
        }
    }
}
