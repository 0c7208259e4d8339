using System.Globalization;
using System.Text.Json;

namespace MocoSharp.Imaging.Augment;

/// <summary>One random change of a picture. Choosing and doing are apart: see <see cref="Augmentation{TChoice}"/>.</summary>
public abstract record Augmentation
{
    /// <summary>The name in recipes, such as <c>randomResizedCrop</c>.</summary>
    public string Name => JsonNamingPolicy.CamelCase.ConvertName(GetType().Name);

    /// <summary>Whether it changes what the samples mean rather than the picture: then tests need it as well, since the encoder knows
    /// nothing else.</summary>
    public virtual bool IsRepresentation => false;

    /// <summary>The picture's shape after this operation.</summary>
    /// <param name="input">Its shape before; width and height are 0 where they differ from picture to picture.</param>
    public virtual ImageSize Output(ImageSize input) => input;

    /// <summary>Checks the parameters.</summary>
    /// <exception cref="ImagingException">MS3101: a parameter is out of range; names it, its value and what it takes.</exception>
    public virtual void Check()
    {
        if (Bounds.Broken(this) is { } broken)
            throw new ImagingException(ErrorIds.AugmentationOption, $"{Name}'s {broken.Path} is {Text(broken.Value)}",
                at: $"{Name}.{broken.Path}",
                fix: $"set {broken.Path} to {broken.Takes}");
    }

    /// <summary>Draws, and hands the choice back for a log or a replay. Allocates; training uses <see cref="Run"/>.</summary>
    public abstract object ChooseBoxed(ref Rng rng, ImageSize size);

    /// <summary>Does what <see cref="ChooseBoxed"/> chose.</summary>
    public abstract void ApplyBoxed(object choice, Canvas canvas);

    /// <summary>Draws and does.</summary>
    public abstract void Run(ref Rng rng, Canvas canvas);

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "empty";
}

/// <summary>One random change of a picture, whose choices are values of one type: they can be logged, replayed and tested.</summary>
/// <typeparam name="TChoice">All that was drawn, such as a crop's box. A small struct.</typeparam>
public abstract record Augmentation<TChoice> : Augmentation where TChoice : struct
{
    /// <summary>Draws. All the randomness is here.</summary>
    /// <param name="rng">The view's stream; moved on.</param>
    /// <param name="size">The picture's shape.</param>
    public abstract TChoice Choose(ref Rng rng, ImageSize size);

    /// <summary>Changes the picture. No randomness, and no allocation once the canvas has grown.</summary>
    public abstract void Apply(in TChoice choice, Canvas canvas);

    /// <inheritdoc/>
    public sealed override object ChooseBoxed(ref Rng rng, ImageSize size) => Choose(ref rng, size);

    /// <inheritdoc/>
    public sealed override void ApplyBoxed(object choice, Canvas canvas) => Apply((TChoice)choice, canvas);

    /// <inheritdoc/>
    public sealed override void Run(ref Rng rng, Canvas canvas) => Apply(Choose(ref rng, canvas.Size), canvas);
}
