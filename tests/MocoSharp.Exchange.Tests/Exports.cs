using MocoSharp.Encoders;
using MocoSharp.Recipes;
using MocoSharp.Runs;

namespace MocoSharp.Exchange.Tests;

/// <summary>A folder with an encoder's file, and what is exported from it.</summary>
public abstract class Exports : TensorTest
{
    private readonly string _root = Directory.CreateTempSubdirectory("moco-export").FullName;

    private protected string At(string name) => Path.Combine(_root, name);

    /// <summary>Writes an encoder's file as a run does.</summary>
    private protected string Written(Encoder encoder)
    {
        string path = At("encoder.safetensors");
        EncoderFile.Write(path, encoder, run: null, RecipeFile.Load("moco-cifar10").Recipe);
        return path;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_root, recursive: true);
    }
}
