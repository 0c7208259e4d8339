using System.Formats.Tar;

namespace MocoSharp.Imaging.Tests.Datasets.Sharding;

/// <summary>Writes tars for tests, member after member.</summary>
internal static class Tars
{
    internal static void Write(string path, params IEnumerable<(string Name, byte[] Content)> members)
    {
        using FileStream file = File.Create(path);
        using TarWriter writer = new(file, TarEntryFormat.Pax);
        foreach ((string name, byte[] content) in members)
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
    }

    internal static (string, byte[]) Text(string name, string content) => (name, System.Text.Encoding.UTF8.GetBytes(content));
}
