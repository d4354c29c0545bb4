using System.Security.Cryptography;
using System.Text;

namespace DreamerActors.Host.Http.Dreaming;

/// <summary>
/// Lets a request be sent again when its answer got lost: key and body together name the session, so the journal itself knows it for ever, and also after a restart.
/// </summary>
internal static class IdempotencyKey
{
    /// <summary>The header.</summary>
    public const string Header = "Idempotency-Key";

    private const int Longest = 200;

    /// <summary>The session that a request begins; null without a key.</summary>
    /// <exception cref="InvalidInputException">The key is none.</exception>
    public static string? SessionOf(string? key, SessionRequest request) => key switch
    {
        null => null,
        { Length: > 0 and <= Longest } when key.All(letter => letter is > ' ' and <= '~') => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{key}\n{request}")).AsSpan(0, 16)).ToString(),
        _ => throw new InvalidInputException("header", Header, $"{Header} has 1 to {Longest} visible ASCII characters"),
    };
}
