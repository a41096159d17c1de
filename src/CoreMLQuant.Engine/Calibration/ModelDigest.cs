using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using CoreMLQuant.Files;
using CoreMLQuant.Models;

namespace CoreMLQuant.Calibration;

/// <summary>Tells whether a model is the one that statistics were collected from, wherever it stands: SHA-256 of its files, without a package's manifest.</summary>
public static class ModelDigest
{
    private const string Manifest = "Manifest.json";
    private const int BufferLength = 1 << 20;

    /// <summary>Computes the digest.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Hexadecimal digits.</returns>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static string Of(ModelFile model, CancellationToken cancellationToken = default)
    {
        ModelContainer container = model.Container;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[BufferLength];
        foreach (PackageEntry entry in container.Files.Where(file => file.Path != Manifest).OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            // The identifier of an item in the manifest is part of its path and differs with every save.
            string name = entry.Path.Substring(entry.Path.LastIndexOf('/') + 1);
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{entry.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)}\0"));
            using FileStream stream = File.OpenRead(container.IsFolder ? container.FullPath(entry.Path) : container.Path);
            for (int read = stream.Read(buffer, 0, buffer.Length); read > 0; read = stream.Read(buffer, 0, buffer.Length))
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
            }
        }

        return HexDigits.Of(hash.GetHashAndReset());
    }
}
