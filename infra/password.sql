-- Run by compose after the migrations: the API's login gets the password of the environment.
\getenv password AUTHENTICATOR_PASSWORD
set log_statement = 'none';
alter role authenticator password :'password';
