using System.Text;

namespace MocoSharp.Imaging.Datasets;

/// <summary>The paths of up to millions of files: each folder once, file names as UTF-8 in one block. About 25 bytes a file.</summary>
internal sealed class FileTable
{
    private readonly List<string> _folders = [];
    private int[] _folderOf = new int[16];
    private int[] _nameEnd = new int[16];
    private byte[] _names = new byte[256];

    /// <summary>What was passed over while the files were listed, a sentence a kind.</summary>
    internal IReadOnlyList<string> Notes { get; set; } = [];

    /// <summary>How many files there are.</summary>
    internal int Count { get; private set; }

    /// <summary>The folders that hold files or folders, below the root, with '/' between and none at the end; the root is the empty
    /// string.</summary>
    internal IReadOnlyList<string> Folders => _folders;

    /// <summary>Adds a folder and gives its number.</summary>
    internal int AddFolder(string path)
    {
        _folders.Add(path);
        return _folders.Count - 1;
    }

    /// <summary>Adds a file.</summary>
    internal void Add(int folder, string name)
    {
        int start = Count == 0 ? 0 : _nameEnd[Count - 1];
        int bytes = Encoding.UTF8.GetByteCount(name);
        if (_names.Length - start < bytes)
            Array.Resize(ref _names, (int)Math.Min(Array.MaxLength, Math.Max(2L * _names.Length, (long)start + bytes)));
        if (Count == _folderOf.Length)
        {
            Array.Resize(ref _folderOf, 2 * Count);
            Array.Resize(ref _nameEnd, 2 * Count);
        }
        Encoding.UTF8.GetBytes(name, _names.AsSpan(start));
        (_folderOf[Count], _nameEnd[Count]) = (folder, start + bytes);
        Count++;
    }

    /// <summary>The number of a file's folder.</summary>
    internal int FolderOf(int index) => _folderOf[index];

    /// <summary>A file's path below the root, with '/'.</summary>
    internal string PathOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        int start = index == 0 ? 0 : _nameEnd[index - 1];
        string name = Encoding.UTF8.GetString(_names.AsSpan(start, _nameEnd[index] - start));
        string folder = _folders[_folderOf[index]];
        return folder.Length == 0 ? name : $"{folder}/{name}";
    }
}
