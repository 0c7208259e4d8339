using System.Security.Cryptography;
using System.Text;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Training;

/// <summary>The pictures of a run, and where they came from.</summary>
/// <param name="Train">What is learned from; labels are not needed.</param>
/// <param name="Test">What the kNN test asks about; null where nothing is labelled.</param>
/// <param name="Paths">The folders or files, whole paths, to find them again.</param>
/// <param name="TestPath">Where the test pictures are when they are not beside the training pictures.</param>
public sealed record TrainingData(IImageSource Train, IImageSource? Test, IReadOnlyList<string> Paths, string? TestPath = null) : IDisposable
{
    /// <summary>Whether a kNN test is possible.</summary>
    public bool CanTest => Test is not null && Train.Classes.Count > 0 && Test.Classes.Count > 0;

    /// <summary>A number that changes when a picture's name, label or place does.</summary>
    public string Fingerprint()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < Train.Count; i++) hash.AppendData(Encoding.UTF8.GetBytes($"{Train.Name(i)}\0{Train.Label(i)}\n"));
        return $"{Train.Count}-{Convert.ToHexStringLower(hash.GetCurrentHash())[..16]}";
    }

    /// <summary>Closes the sources.</summary>
    public void Dispose()
    {
        Train.Dispose();
        Test?.Dispose();
    }
}
